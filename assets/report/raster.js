// The raster: in which row a neuron stands, and its spikes or states as pixels.

class Rows {
  // Neurons in order of the patterns that were shown, or of their numbers.
  constructor(populations, byPattern, density) {
    this.density = density;
    this.groups = [];
    this.places = [];
    this.number = 0;
    populations.forEach((population, k) => {
      const every = population.spikes?.every ?? 1, place = new Int32Array(population.neurons).fill(-1);
      this.places.push(place);
      const add = (label, colour, belongs) => {
        const from = this.number;
        for (let i = 0; i < population.neurons; i += every) if (place[i] < 0 && belongs(i)) place[i] = this.number++;
        if (this.number > from) this.groups.push({ label, colour, from, to: this.number, population: k });
      };
      const shown = byPattern ? (population.display ?? []) : [];
      shown.forEach((slot) => { const mu = population.overlaps.patterns[slot]; add(Data.name(population, mu), Colours.pattern(slot), (i) => Data.flag(population.patterns.xi, mu, population.neurons, i)); });
      add(shown.length ? `${population.name}, others` : population.name, Colours.population(k), () => true);
    });
    // The row of every spike: what is drawn again and again should not be looked up.
    this.spikes = populations.map(({ spikes }, k) => {
      if (!spikes) return null;
      const place = this.places[k], { neuron } = spikes, rows = new Int32Array(neuron.length);
      for (let s = 0; s < neuron.length; s++) rows[s] = place[neuron[s]];
      return rows;
    });
    this.neurons = new Uint32Array(this.number);
    this.places.forEach((place) => place.forEach((row, i) => { if (row >= 0) this.neurons[row] = i; }));
  }
  group(row) {
    return this.groups.find((group) => row < group.to) ?? this.groups.at(-1);
  }
}

const Raster = {
  // The pixels of rows `low` to `high` from time `from` to `to`, in an image of `width` x `height`.
  image(rows, populations, { from, to, low, high }, width, height) {
    const image = new ImageData(width, height), pixels = new Uint32Array(image.data.buffer);
    const view = { from, to, low, high, width, height };
    if (SPIKES) Raster.spikes(rows, populations, view, pixels);
    else Raster.states(rows, populations, view, pixels);
    return image;
  },

  // The colour of every line of pixels, without opacity.
  colours(rows, { low, high, height }) {
    const codes = rows.groups.map((group) => { const [r, g, b] = Colours.rgb(group.colour); return (b << 16) | (g << 8) | r; });
    const lines = new Uint32Array(height);
    let k = 0;
    for (let y = 0; y < height; y++) {
      const row = low + ((y + 0.5) * (high - low)) / height;
      while (k + 1 < rows.groups.length && row >= rows.groups[k].to) k++;
      lines[y] = codes[k];
    }
    return lines;
  },

  // Counts spikes in cells of a pixel, or of a pixel by a row where rows are higher; the more spikes, the darker.
  spikes(rows, populations, view, pixels) {
    const { from, to, low, high, width, height } = view;
    const cells = Math.min(height, Math.ceil(high) - Math.floor(low)), first = cells < height ? Math.floor(low) : low;
    const perRow = cells < height ? 1 : height / (high - low), perTime = width / (to - from);
    const counts = new Uint16Array(width * cells);
    populations.forEach((population, p) => {
      const { time } = population.spikes, row = rows.spikes[p], end = Data.place(time, to);
      for (let k = Data.place(time, from); k < end; k++) {
        const line = (row[k] - first) * perRow;
        if (line >= 0 && line < cells) counts[(line | 0) * width + (((time[k] - from) * perTime) | 0)]++;
      }
    });
    // A cell is full at the rate that one in fifty cells of the whole recording exceeds, or with one spike.
    const neuronsPerCell = cells < height ? 1 : (high - low) / height;
    const full = Math.max(1, Raster.dense(rows, populations) * neuronsPerCell / perTime);
    const lines = Raster.colours(rows, view), least = full > 1 ? 0.45 : 1;
    const opacity = Uint8Array.from({ length: 256 }, (_, n) => (n ? Math.round(255 * Math.min(1, least + ((1 - least) * (n - 1)) / Math.max(1, full - 1))) : 0));
    // Single spikes are broad enough to be seen.
    const broad = full > 1 ? 1 : Math.max(1, Math.round(devicePixelRatio * Math.min(2, 1 + perTime / 20)));
    for (let y = 0; y < height; y++) {
      const row = low + ((y + 0.5) * (high - low)) / height, line = cells < height ? Math.floor(row) - first : y;
      // Between high rows a gap.
      if (cells < height && height / (high - low) >= 4 && row % 1 > 0.85) continue;
      const at = line * width, colour = lines[y];
      for (let x = 0; x < width; x++) {
        const count = counts[at + x];
        if (count === 0) continue;
        const pixel = ((opacity[Math.min(count, 255)] << 24) | colour) >>> 0;
        for (let b = 0; b < broad && x + b < width; b++) pixels[y * width + x + b] = pixel;
      }
    }
  },

  // Spikes per neuron and unit of time in dense places.
  dense(rows, populations) {
    if (rows.density) return rows.density;
    const rates = populations.flatMap((population) => {
      const { time, neuron, every } = population.spikes;
      if (time.length === 0) return [];
      const bins = 200, blocks = 40, length = (time.at(-1) - time[0] || 1) / bins, counts = new Uint32Array(bins * blocks);
      const size = population.neurons / every, place = rows.places[populations.indexOf(population)];
      const start = rows.groups.find((group) => group.population === populations.indexOf(population)).from;
      for (let k = 0; k < time.length; k++) {
        const block = Math.floor(((place[neuron[k]] - start) / size) * blocks);
        counts[block * bins + Math.min(bins - 1, Math.floor((time[k] - time[0]) / length))]++;
      }
      return Array.from(counts, (count) => count / (length * size / blocks));
    }).sort((a, b) => a - b);
    rows.density = rates[Math.floor(0.98 * rates.length)] || rates.at(-1) || 1e-3;
    return rows.density;
  },

  // A neuron is as dark as it is active, from a look to the next.
  states(rows, populations, view, pixels) {
    const { from, to, low, high, width, height } = view, lines = Raster.colours(rows, view);
    const known = populations.map((population) => population.states && population.rate);
    const looks = Int32Array.from({ length: width }, (_, x) => Looks.at(from + ((x + 0.5) * (to - from)) / width));
    for (let y = 0; y < height; y++) {
      const row = Math.floor(low + ((y + 0.5) * (high - low)) / height);
      if (row < 0 || row >= rows.number) continue;
      const p = rows.group(row).population, neuron = rows.neurons[row];
      if (!known[p]) continue;
      for (let x = 0; x < width; x++) {
        if (looks[x] < 0) continue;
        const opacity = Math.round(255 * Data.activity(populations[p], looks[x], neuron));
        if (opacity) pixels[y * width + x] = ((opacity << 24) | lines[y]) >>> 0;
      }
    }
  },
};

// Looks at a network without spikes.
const Looks = {
  time: null,
  interval: 1,
  // The last look at or before a time, unless it is long past; -1 for none.
  at(time) {
    const k = Data.place(Looks.time, time + 1e-9 * Looks.interval) - 1;
    return k >= 0 && time - Looks.time[k] <= Looks.interval * (1 + 1e-6) ? k : -1;
  },
};
