// The part of the recording that is in view, and how it is moved and zoomed.

class View {
  constructor({ populations, energy }) {
    this.populations = populations;
    this.end = View.lastTime(populations);
    this.panels = new Panels($("panels"), populations, energy);
    this.cursor = null;
    this.whole = [0, this.end];
    [this.origin, this.since] = [0, ""];
    // What a click at the strip does, if it does not move the view.
    this.jump = null;
    this.display(0, this.end);
    [this.from, this.to] = [0, this.end];
    this.listen();
  }

  // The end of the protocol; of a run that did not end, that of what was recorded, where the protocol is cut too.
  static lastTime(populations) {
    const last = (times) => times.reduce((a, b) => Math.max(a, b), 0);
    const recorded = [...(data.trials?.end ?? [])];
    for (const { rate, spikes } of populations) {
      if (rate.time.length) recorded.push(rate.time.at(-1) + (SPIKES ? 0.5 * rate.interval : 0));
      if (!summary.complete && spikes?.time.length) recorded.push(spikes.time.at(-1));
    }
    const end = last(recorded);
    if (summary.complete || end === 0) return last([end, ...data.protocol.map((epoch) => epoch.end)]) || 1;
    data.protocol = data.protocol.filter((epoch) => epoch.start < end).map((epoch) => ({ ...epoch, end: Math.min(epoch.end, end) }));
    return end;
  }

  // Puts neurons in rows.
  order() {
    const before = this.rows;
    this.rows = new Rows(this.populations, $("order").value === "pattern", before?.density);
    if (!before) [this.low, this.high] = [0, this.rows.number];
  }

  // Chooses the patterns on display: all if they are few, or else those that are shown in a part or end where it begins, or
  // the first.
  display(from, to) {
    for (const population of this.populations.filter((p) => p.overlaps)) {
      const { patterns } = population.overlaps, here = (stimulus) => !stimulus.population || stimulus.population === population.name;
      const epochs = Protocol.all().filter((epoch) => epoch.end >= from && epoch.start < to);
      const shown = epochs.flatMap((epoch) => epoch.show.filter(here)).map((stimulus) => patterns.indexOf((stimulus.pattern ?? 0) - 1));
      const slots = patterns.length <= 8 ? [...patterns.keys()] : [...new Set(shown)].filter((slot) => slot >= 0).slice(0, 12);
      population.display = slots.length ? slots : [...patterns.keys()].slice(0, 6);
    }
    const chosen = JSON.stringify(this.populations.map((population) => population.display));
    if (chosen === this.displayed) return;
    this.displayed = chosen;
    this.order();
    this.panels.display();
  }

  // Shows a part, from whose start time counts if it has a name.
  show(from, to, name) {
    this.whole = [from, to];
    [this.origin, this.since] = name ? [from, ` from the start of ${name}`] : [0, ""];
    this.display(from, to);
    this.set(from, to);
  }

  set(from, to) {
    const least = SPIKES ? 1 : Looks.interval;
    const length = Math.min(Math.max(to - from, least), this.end);
    const start = Math.min(Math.max(from + 0.5 * (to - from - length), 0), this.end - length);
    [this.from, this.to] = [start, start + length];
    this.request();
  }

  zoom(factor, at = 0.5 * (this.from + this.to)) {
    this.set(at - (at - this.from) * factor, at + (this.to - at) * factor);
  }

  move(share) {
    const by = share * (this.to - this.from);
    this.set(this.from + by, this.to + by);
  }

  setRows(low, high) {
    const number = this.rows.number, length = Math.min(Math.max(high - low, Math.min(8, number)), number);
    const start = Math.min(Math.max(low + 0.5 * (high - low - length), 0), number - length);
    [this.low, this.high] = [start, start + length];
    this.request();
  }

  zoomRows(factor, at = 0.5 * (this.low + this.high)) {
    this.setRows(at - (at - this.low) * factor, at + (this.high - at) * factor);
  }

  moveRows(share) {
    const by = share * (this.high - this.low);
    this.setRows(this.low + by, this.high + by);
  }

  all() {
    [this.low, this.high] = [0, this.rows.number];
    this.set(...this.whole);
  }

  // Draws once before the next frame, however often it is asked for.
  request() {
    this.wanted ??= requestAnimationFrame(() => {
      this.wanted = null;
      this.draw();
    });
  }

  draw() {
    this.panels.draw(this, this.cursor);
    Protocol.draw($("strip"), this.populations, this, this.end);
  }

  listen() {
    const canvas = $("panels");
    let held = null;
    canvas.addEventListener("pointerdown", (event) => {
      held = { x: event.clientX, y: event.clientY, from: this.from, to: this.to, low: this.low, high: this.high };
      canvas.setPointerCapture(event.pointerId);
    });
    canvas.addEventListener("pointermove", (event) => {
      if (!held) return this.read(event);
      const by = ((held.x - event.clientX) / this.panels.width) * (held.to - held.from);
      this.set(held.from + by, held.to + by);
      const rows = ((held.y - event.clientY) / this.panels.list[0].height) * (held.high - held.low);
      this.setRows(held.low + rows, held.high + rows);
    });
    for (const ended of ["pointerup", "pointercancel"]) canvas.addEventListener(ended, () => { held = null; });
    canvas.addEventListener("pointerleave", () => { $("readout").textContent = ""; });
    canvas.addEventListener("dblclick", (event) => this.zoom(0.5, this.panels.time(event.offsetX)));
    canvas.addEventListener("wheel", (event) => this.wheel(event, canvas), { passive: false });
    canvas.addEventListener("keydown", (event) => this.key(event));
    const strip = $("strip"), jump = (event) => {
      const at = ((event.offsetX - LEFT) / (strip.clientWidth - LEFT - RIGHT)) * this.end, half = 0.5 * (this.to - this.from);
      if (this.jump) this.jump(at);
      else this.set(at - half, at + half);
    };
    strip.addEventListener("pointerdown", (event) => { strip.setPointerCapture(event.pointerId); jump(event); });
    strip.addEventListener("pointermove", (event) => { if (event.buttons) jump(event); });
    $("zoom-in").addEventListener("click", () => this.zoom(0.5));
    $("zoom-out").addEventListener("click", () => this.zoom(2));
    $("zoom-all").addEventListener("click", () => this.all());
    $("order").addEventListener("change", () => { this.order(); this.all(); });
    new ResizeObserver(() => this.request()).observe(strip);
    matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => { this.order(); this.request(); });
    const print = (printing) => { Colours.printing = printing; this.order(); this.draw(); };
    addEventListener("beforeprint", () => print(true));
    addEventListener("afterprint", () => print(false));
  }

  // Sideways and pinches always count; the usual wheel moves the page until the figure has been clicked at.
  wheel(event, canvas) {
    const sideways = Math.abs(event.deltaX) > Math.abs(event.deltaY);
    if (!sideways && !event.ctrlKey && document.activeElement !== canvas) return;
    event.preventDefault();
    const pixels = event.deltaMode === 1 ? 20 : 1, factor = Math.exp(0.0018 * pixels * event.deltaY);
    if (sideways) this.move((pixels * event.deltaX) / this.panels.width);
    else if (event.shiftKey) this.zoomRows(factor, this.rowAt(event.offsetY));
    else this.zoom(factor, this.panels.time(event.offsetX));
  }

  key(event) {
    if (event.ctrlKey || event.altKey || event.metaKey) return;
    const rows = event.shiftKey;
    const actions = {
      ArrowLeft: () => this.move(-0.2),
      ArrowRight: () => this.move(0.2),
      ArrowUp: () => (rows ? this.zoomRows(0.7) : this.moveRows(-0.2)),
      ArrowDown: () => (rows ? this.zoomRows(1 / 0.7) : this.moveRows(0.2)),
      "+": () => this.zoom(0.7),
      "=": () => this.zoom(0.7),
      "-": () => this.zoom(1 / 0.7),
      0: () => this.all(),
      Home: () => this.all(),
      PageUp: () => $("part-before").click(),
      PageDown: () => $("part-after").click(),
      " ": () => { if (!$("states").hidden) $("play").click(); },
    };
    const act = actions[event.key];
    if (!act) return;
    event.preventDefault();
    act();
  }

  rowAt(y) {
    const panel = this.panels.list[0];
    return this.low + ((y - panel.top) / panel.height) * (this.high - this.low);
  }

  // Says what is under the pointer.
  read(event) {
    const time = this.panels.time(event.offsetX), words = [];
    if (time < this.from || time > this.to) { $("readout").textContent = ""; return; }
    words.push(SPIKES ? `${(time - this.origin).toFixed(this.to - this.from < 100 ? 2 : 0)} ms` : `${Number((time - this.origin).toFixed(2))} ${UNIT.name}`);
    const epoch = data.protocol.find((e) => time >= e.start && time < e.end);
    if (epoch) words.push([epoch.name, ...epoch.show.map(Protocol.words)].join(": "));
    const panel = this.panels.list.find((p) => event.offsetY >= p.top && event.offsetY <= p.top + p.height);
    if (panel?.kind === "raster") {
      const row = Math.floor(this.rowAt(event.offsetY));
      if (row >= 0 && row < this.rows.number) {
        const { population, label } = this.rows.group(row), { name } = this.populations[population];
        words.push(`neuron ${this.rows.neurons[row]} of ${name}${label.startsWith(name) ? "" : ` (${label})`}`);
      }
    } else if (panel) {
      for (const { name, series, column } of panel.lines) {
        const after = Data.place(series.time, time), k = after > 0 && (after === series.time.length || time - series.time[after - 1] < series.time[after] - time) ? after - 1 : after;
        if (series.time.length && Math.abs(series.time[k] - time) <= series.interval) words.push(`${name} ${Words.number(series.values[k * series.width + column])}`);
      }
    }
    $("readout").textContent = words.join(" · ");
  }
}
