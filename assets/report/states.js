// States played back: neurons where their pixels are, beside the memories and the overlaps with them.

class Player {
  constructor(populations, view) {
    this.view = view;
    this.shown = populations.filter((population) => population.states);
    this.look = 0;
    this.range = [0, Looks.time?.length ?? 0];
    this.timer = null;
    if (this.shown.length === 0 || this.range[1] === 0) return;
    $("states").hidden = false;
    this.grids = this.shown.map((population) => this.grid(population));
    this.memories = this.shown.flatMap((population) => this.rows(population));
    $("play").addEventListener("click", () => this.toggle());
    $("look-before").addEventListener("click", () => { this.stop(); this.go(this.look - 1); });
    $("look-after").addEventListener("click", () => { this.stop(); this.go(this.look + 1); });
    $("look").addEventListener("input", () => { this.stop(); this.go(Number($("look").value)); });
  }

  // Columns and rows of a picture of so many neurons.
  static shape({ neurons, patterns }) {
    const columns = patterns?.shape?.[0] ?? Math.ceil(Math.sqrt(neurons));
    return [columns, Math.ceil(neurons / columns)];
  }

  static paint(canvas, population, value) {
    const [columns, rows] = Player.shape(population);
    canvas.width = columns;
    canvas.height = rows;
    const c = canvas.getContext("2d"), image = c.createImageData(columns, rows);
    const ink = Colours.rgb(Colours.css("ink")), soft = Colours.rgb(Colours.css("soft"));
    for (let i = 0; i < population.neurons; i++) {
      const share = value(i);
      for (let k = 0; k < 3; k++) image.data[4 * i + k] = share * ink[k] + (1 - share) * soft[k];
      image.data[4 * i + 3] = 255;
    }
    c.putImageData(image, 0, 0);
  }

  grid(population) {
    if (this.shown.length > 1) $("grids").append(element("h3", population.name));
    const canvas = element("canvas", null, { role: "img", "aria-label": `State of ${population.name}` });
    $("grids").append(canvas);
    return canvas;
  }

  rows(population) {
    const { overlaps, patterns, neurons } = population;
    return (overlaps?.patterns ?? []).slice(0, 24).map((mu, slot) => {
      const row = element("div", null, { class: "memory" }), thumb = element("canvas"), scale = element("span", null, { class: "scale" });
      const bar = element("i"), value = element("output");
      scale.append(bar);
      row.append(thumb, element("span", Data.name(population, mu)), scale, value);
      $("memories").append(row);
      const paint = () => Player.paint(thumb, population, (i) => Data.flag(patterns.xi, mu, neurons, i));
      return { population, slot, bar, value, paint };
    });
  }

  // Plays looks `from` to before `to`.
  choose(from, to) {
    if (!this.grids) return;
    this.stop();
    this.range = [from, Math.min(to, Looks.time.length)];
    $("look").min = from;
    $("look").max = this.range[1] - 1;
    this.go(from);
  }

  go(look) {
    this.look = Math.min(Math.max(look, this.range[0]), this.range[1] - 1);
    $("look").value = this.look;
    this.draw();
    this.view.cursor = Looks.time[this.look];
    this.view.request();
  }

  draw() {
    if (!this.grids) return;
    const look = this.look;
    this.shown.forEach((population, k) => Player.paint(this.grids[k], population, (i) => Data.activity(population, look, i)));
    for (const { population, slot, bar, value, paint } of this.memories) {
      paint();
      const { values, width } = population.overlaps.curves, m = values[look * width + slot];
      bar.style.left = `${50 + 50 * Math.min(Math.max(m, -1), 0)}%`;
      bar.style.width = `${50 * Math.min(Math.abs(m), 1)}%`;
      bar.style.background = Colours.pattern(slot);
      value.textContent = m.toFixed(2).replace("-", "−");
    }
    const before = look - this.range[0] + 1, all = this.range[1] - this.range[0];
    $("look-time").textContent = `${Number(((Looks.time[look] - this.view.origin) / UNIT.length).toFixed(3))} ${UNIT.name}, look ${before} of ${all}`;
  }

  toggle() {
    if (this.timer !== null) return this.stop();
    if (this.look + 1 >= this.range[1]) this.go(this.range[0]);
    $("play").textContent = "Stop";
    // A part lasts some ten seconds at most, and a look at least a frame.
    const pause = Math.min(400, Math.max(30, 10000 / (this.range[1] - this.range[0])));
    this.timer = setInterval(() => {
      this.go(this.look + 1);
      if (this.look + 1 >= this.range[1]) this.stop();
    }, pause);
  }

  stop() {
    clearInterval(this.timer);
    this.timer = null;
    $("play").textContent = "Play";
  }
}
