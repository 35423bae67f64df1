// What the page holds: the summary, and what was recorded, unpacked from blobs.

const $ = (id) => document.getElementById(id);
const summary = JSON.parse($("summary").textContent);
const data = JSON.parse($("data").textContent);
const SPIKES = data.observable === "spikes";
// Time on axes: seconds where the clock counts ms.
const UNIT = data.clock === "ms" ? { name: "s", length: 1000 } : { name: data.clock, length: 1 };

const Data = {
  async bytes(k) {
    const text = atob($(`blob-${k}`).textContent), deflated = new Uint8Array(text.length);
    for (let i = 0; i < text.length; i++) deflated[i] = text.charCodeAt(i);
    const stream = new Blob([deflated]).stream().pipeThrough(new DecompressionStream("deflate-raw"));
    return new Uint8Array(await new Response(stream).arrayBuffer());
  },
  async series(packed) {
    if (!packed) return null;
    const [time, values] = await Promise.all([Data.bytes(packed.time), Data.bytes(packed.values)]);
    return { interval: packed.interval, width: packed.width, time: new Float64Array(time.buffer), values: new Float32Array(values.buffer) };
  },
  // Times of spikes from the ticks between them, which stand in bytes of seven bits, the lowest first.
  times(bytes, number, tick) {
    const times = new Float64Array(number);
    let at = 0, sum = 0;
    for (let k = 0; k < number; k++) {
      let step = 0, scale = 1, byte;
      do {
        byte = bytes[at++];
        step += (byte & 0x7f) * scale;
        scale *= 128;
      } while (byte & 0x80);
      sum += step;
      times[k] = sum * tick;
    }
    return times;
  },
  async spikes(packed) {
    if (!packed) return null;
    const [ticks, neurons] = await Promise.all([Data.bytes(packed.ticks), Data.bytes(packed.neurons)]);
    const neuron = packed.bytes === 2 ? new Uint16Array(neurons.buffer) : new Uint32Array(neurons.buffer);
    return { ...packed, time: Data.times(ticks, packed.number, packed.tick), neuron };
  },
  async population(packed) {
    const { name, neurons, patterns, overlaps } = packed;
    const [spikes, state, rate, xi, curves] = await Promise.all([
      Data.spikes(packed.spikes),
      packed.states && Data.bytes(packed.states.state),
      Data.series(packed.rate),
      patterns && Data.bytes(patterns.xi),
      Data.series(overlaps && overlaps.curves),
    ]);
    return {
      name, neurons, spikes, rate,
      states: state && { ...packed.states, state },
      patterns: patterns && { ...patterns, xi, number: xi.length / Math.ceil(neurons / 8) },
      overlaps: overlaps && { ...overlaps, curves },
    };
  },
  async all() {
    const [populations, energy] = await Promise.all([Promise.all(data.populations.map(Data.population)), Data.series(data.energy)]);
    return { populations, energy };
  },
  // Bit `i` of row `row` of flags that are `width` in a row.
  flag(bytes, row, width, i) {
    return (bytes[row * Math.ceil(width / 8) + (i >> 3)] >> (i & 7)) & 1;
  },
  // From 0 to 1: the activity of neuron `i` at look `k`.
  activity(population, k, i) {
    const { states, neurons } = population;
    return states.graded ? states.state[k * neurons + i] / 255 : Data.flag(states.state, k, neurons, i);
  },
  // The first place in ascending numbers where one is at least `value`.
  place(numbers, value) {
    let low = 0, high = numbers.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (numbers[middle] < value) low = middle + 1;
      else high = middle;
    }
    return low;
  },
  name(population, mu) {
    return population.patterns.names[mu] ?? `pattern ${mu + 1}`;
  },
};

// Colours of patterns (Okabe and Ito's) and of populations, on light and on dark paper.
const Colours = {
  patterns: ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"],
  bright: ["#4fa9e3", "#ff8838", "#33c799", "#e6a3ca", "#f2bd4b", "#8fd0f2"],
  light: ["#262626", "#882255", "#999933", "#332288", "#44aa99"],
  dark: ["#e6e6e6", "#dd77aa", "#cccc66", "#9d8ff0", "#66c2b0"],
  printing: false,
  isDark() { return !Colours.printing && matchMedia("(prefers-color-scheme: dark)").matches; },
  css(name) {
    if (Colours.printing) return { ink: "#262626", grey: "#6b6b6b", line: "#d9d9d9", paper: "#ffffff", soft: "#f4f4f4", accent: "#0072b2" }[name];
    return getComputedStyle(document.documentElement).getPropertyValue(`--${name}`).trim();
  },
  population(k) { return (Colours.isDark() ? Colours.dark : Colours.light)[k % 5]; },
  // The colour of the pattern that was shown as number `slot` (from 0).
  pattern(slot) {
    if (slot < 6) return (Colours.isDark() ? Colours.bright : Colours.patterns)[slot];
    const hue = Math.round((slot * 137.5) % 360), light = Colours.isDark() ? 62 : 42;
    return `hsl(${hue} 60% ${light}%)`;
  },
  // Red, green, blue of any colour.
  rgb(colour) {
    const c = (Colours.probe ??= document.createElement("canvas").getContext("2d", { willReadFrequently: true }));
    c.fillStyle = colour;
    c.fillRect(0, 0, 1, 1);
    return c.getImageData(0, 0, 1, 1).data;
  },
};
