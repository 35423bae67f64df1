// The panels above one time axis, and the strip of the protocol.

const LEFT = 80, RIGHT = 22, GAP = 10, LEGEND = 18, AXIS = 34;

class Panels {
  constructor(canvas, populations, energy) {
    this.canvas = canvas;
    this.populations = populations;
    this.list = [];
    const hasRaster = populations.some((population) => population.spikes || population.states);
    const neurons = populations.reduce((n, population) => n + population.neurons, 0);
    if (hasRaster) this.list.push({ kind: "raster", height: Math.min(430, Math.max(60, 8 * neurons)) });
    const rate = SPIKES ? "rate (Hz)" : "mean activity";
    const rates = populations.map((population, k) => ({ name: population.name, colour: () => Colours.population(k), series: population.rate, column: 0 }));
    this.list.push(Panels.curves(rate, 100, rates));
    populations.forEach((population) => {
      if (!population.overlaps) return;
      const { curves } = population.overlaps, columns = Array.from({ length: curves.width }, (_, column) => ({ series: curves, column }));
      this.list.push({ ...Panels.curves(SPIKES ? "overlap (Hz)" : "overlap", 160, columns), population });
    });
    if (energy) this.list.push(Panels.curves("energy", 90, [{ name: "energy", colour: () => Colours.css("ink"), series: energy, column: 0 }]));
    let top = 6;
    for (const panel of this.list) {
      panel.top = top + (panel.kind === "curves" ? LEGEND : 0);
      top = panel.top + panel.height + GAP;
    }
    this.height = top - GAP + AXIS;
  }

  // The overlaps with the patterns on display, on top of the largest of the others.
  display() {
    for (const panel of this.list.filter((p) => p.population)) {
      const { display, overlaps } = panel.population, { patterns, others, curves } = overlaps, { width, time } = curves;
      panel.lines = display.map((slot) => ({ name: Data.name(panel.population, patterns[slot]), colour: () => Colours.pattern(slot), series: curves, column: slot }));
      const rest = Array.from({ length: width }, (_, column) => column).filter((column) => !display.includes(column));
      if (rest.length === 0) continue;
      const largest = Float32Array.from(time, (_, k) => rest.reduce((most, column) => Math.max(most, curves.values[k * width + column]), -Infinity));
      const number = patterns.length - display.length + others;
      panel.lines.unshift({ name: number === 1 ? "the other pattern" : `largest of the other ${number}`, colour: () => Colours.css("grey"), series: { ...curves, values: largest, width: 1 }, column: 0 });
    }
  }

  // Curves with the range of all their values.
  static curves(title, height, lines) {
    let low = title === "energy" ? Infinity : 0, high = -Infinity;
    for (const { series, column } of lines) {
      for (let k = column; k < series.values.length; k += series.width) {
        const value = series.values[k];
        if (value < low) low = value;
        if (value > high) high = value;
      }
    }
    if (!(high > low)) [low, high] = [Number.isFinite(low) ? low - 1 : 0, Number.isFinite(high) ? high + 1 : 1];
    const margin = 0.05 * (high - low);
    return { kind: "curves", title, height, lines, low: low < 0 || title === "energy" ? low - margin : low, high: high + margin };
  }

  draw(view, cursor) {
    const { canvas } = this, width = canvas.clientWidth, ratio = devicePixelRatio || 1;
    canvas.style.height = `${this.height}px`;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(this.height * ratio);
    const c = canvas.getContext("2d");
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.font = '12px "DejaVu Sans", Verdana, sans-serif';
    this.width = width - LEFT - RIGHT;
    this.view = view;
    // Before the page is laid out there is no room.
    if (this.width < 1) return;
    const bottom = this.height - AXIS;
    this.shade(c, bottom);
    for (const panel of this.list) {
      if (panel.kind === "raster") this.raster(c, panel, ratio);
      else this.curve(c, panel);
      c.strokeStyle = Colours.css("line");
      c.lineWidth = 1;
      c.strokeRect(LEFT - 0.5, panel.top - 0.5, this.width + 1, panel.height + 1);
    }
    this.axis(c, bottom);
    if (cursor !== null && cursor >= view.from && cursor <= view.to) {
      c.strokeStyle = Colours.css("accent");
      c.lineWidth = 1.5;
      c.beginPath(); c.moveTo(this.x(cursor), 6); c.lineTo(this.x(cursor), bottom); c.stroke();
    }
  }

  x(time) { return LEFT + ((time - this.view.from) / (this.view.to - this.view.from)) * this.width; }
  time(x) { return this.view.from + ((x - LEFT) / this.width) * (this.view.to - this.view.from); }

  // Bands where something is shown.
  shade(c, bottom) {
    for (const epoch of data.protocol) {
      if (epoch.end <= this.view.from || epoch.start >= this.view.to || epoch.show.length === 0) continue;
      const left = Math.max(LEFT, this.x(epoch.start)), right = Math.min(LEFT + this.width, Math.max(this.x(epoch.end), left + 1));
      c.fillStyle = Protocol.colour(epoch, this.populations);
      c.globalAlpha = 0.13;
      c.fillRect(left, 6, right - left, bottom - 6);
      c.globalAlpha = 1;
    }
  }

  raster(c, panel, ratio) {
    const { view } = this, pixels = [Math.round(this.width * ratio), Math.round(panel.height * ratio)];
    const image = Raster.image(view.rows, this.populations, view, ...pixels);
    // Opacity counts only where a picture is drawn onto what is there.
    const scratch = (this.scratch ??= document.createElement("canvas"));
    [scratch.width, scratch.height] = pixels;
    scratch.getContext("2d").putImageData(image, 0, 0);
    c.drawImage(scratch, LEFT, panel.top, this.width, panel.height);
    const y = (row) => panel.top + ((row - view.low) / (view.high - view.low)) * panel.height;
    let free = panel.top;
    c.textBaseline = "middle";
    c.textAlign = "right";
    for (const group of view.rows.groups) {
      const from = Math.max(panel.top, y(group.from)), to = Math.min(panel.top + panel.height, y(group.to));
      if (to <= from) continue;
      c.fillStyle = group.colour;
      c.fillRect(LEFT - 5, from, 3, Math.max(1, to - from - (to - from > 4 ? 1 : 0)));
      const middle = 0.5 * (from + to);
      if (middle - 6 < free || to - from < 7) continue;
      c.fillText(Panels.fitted(c, group.label, LEFT - 10), LEFT - 8, middle);
      free = middle + 6;
    }
  }

  static fitted(c, text, room) {
    let short = text;
    while (short.length > 1 && c.measureText(short === text ? text : `${short}…`).width > room) short = short.slice(0, -1);
    return short === text ? text : `${short}…`;
  }

  curve(c, panel) {
    const { low, high, top, height, lines } = panel, y = (value) => top + height - ((value - low) / (high - low)) * height;
    const ticks = Axis.ticks(low, high, height / 34);
    c.textAlign = "right";
    c.textBaseline = "middle";
    for (const tick of ticks.values) {
      c.strokeStyle = Colours.css("line");
      c.lineWidth = tick === 0 ? 1 : 0.5;
      c.beginPath(); c.moveTo(LEFT, y(tick)); c.lineTo(LEFT + this.width, y(tick)); c.stroke();
      c.fillStyle = Colours.css("grey");
      c.fillText(ticks.text(tick), LEFT - 6, y(tick));
    }
    c.save();
    c.beginPath(); c.rect(LEFT, top, this.width, height); c.clip();
    for (const line of lines) {
      c.strokeStyle = line.colour();
      c.lineWidth = 1.5;
      c.lineJoin = "round";
      this.path(c, line.series, line.column, y);
    }
    c.restore();
    this.legend(c, panel);
  }

  // A polyline, broken where nothing was sampled; where samples stand close, the range of those in a pixel.
  path(c, { time, values, width, interval }, column, y) {
    const first = Math.max(0, Data.place(time, this.view.from) - 1), end = Math.min(time.length, Data.place(time, this.view.to) + 1);
    const dense = end - first > 3 * this.width;
    c.beginPath();
    let before = -Infinity, pixel = null, least = 0, most = 0;
    for (let k = first; k < end; k++) {
      const value = values[k * width + column], x = this.x(time[k]), joined = time[k] - before <= 1.5 * interval;
      before = time[k];
      if (!dense) {
        if (joined) c.lineTo(x, y(value));
        else c.moveTo(x, y(value));
        // A look alone is a dot.
        if (!joined && (k + 1 === end || time[k + 1] - time[k] > 1.5 * interval)) c.lineTo(x + 1.5, y(value));
        continue;
      }
      if (Math.floor(x) === pixel) {
        least = Math.min(least, value);
        most = Math.max(most, value);
        continue;
      }
      if (pixel !== null) { c.lineTo(pixel, y(least)); c.lineTo(pixel, y(most)); }
      [pixel, least, most] = [Math.floor(x), value, value];
    }
    c.stroke();
  }

  legend(c, { title, top, lines }) {
    c.textAlign = "left";
    c.textBaseline = "middle";
    let x = LEFT;
    const y = top - 0.5 * LEGEND, put = (text, colour) => {
      const width = c.measureText(text).width;
      if (x + width > LEFT + this.width) return;
      c.fillStyle = colour;
      c.fillText(text, x, y);
      x += width + 14;
    };
    put(title, Colours.css("ink"));
    if (lines.length > 1) lines.forEach((line) => put(line.name, line.colour()));
  }

  axis(c, bottom) {
    const { from, to, origin } = this.view, ticks = Axis.ticks((from - origin) / UNIT.length, (to - origin) / UNIT.length, this.width / 90, UNIT.length === 1 ? 1 : 0);
    c.textAlign = "center";
    c.textBaseline = "top";
    c.fillStyle = Colours.css("grey");
    c.strokeStyle = Colours.css("grey");
    c.lineWidth = 1;
    for (const tick of ticks.values) {
      const x = this.x(origin + tick * UNIT.length);
      c.beginPath(); c.moveTo(x, bottom); c.lineTo(x, bottom + 4); c.stroke();
      c.fillText(ticks.text(tick), x, bottom + 6);
    }
    c.fillText(`time${this.view.since} (${UNIT.name})`, LEFT + 0.5 * this.width, bottom + 20);
  }
}

const Axis = {
  // Round numbers, at most so many and `least` apart, and how they are written.
  ticks(low, high, most, least = 0) {
    const raw = Math.max(least, (high - low) / Math.max(1, most)), power = 10 ** Math.floor(Math.log10(raw));
    const step = power * [1, 2, 5, 10].find((m) => m * power >= raw * (1 - 1e-9)), values = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) values.push(k * step);
    const decimals = Math.max(0, -Math.floor(Math.log10(step) + 1e-9));
    return { values, text: (value) => value.toFixed(Math.min(decimals, 12)).replace(/^-(0(\.0*)?)$/, "$1").replace("-", "−") };
  },
};

// What is shown when.
const Protocol = {
  colour(epoch, populations) {
    for (const stimulus of epoch.show) {
      const holder = populations.find((population) => population.patterns && (!stimulus.population || stimulus.population === population.name));
      const slot = holder?.overlaps?.patterns.indexOf((stimulus.pattern ?? 0) - 1) ?? -1;
      if (slot >= 0) return Colours.pattern(slot);
    }
    return Colours.css("grey");
  },
  // Everything that is shown: the epochs, and the trials that are none.
  all() {
    if (SPIKES || !data.trials) return data.protocol;
    const { start, end, columns } = data.trials;
    return (Protocol.list ??= [...data.protocol, ...start.map((from, k) => ({ start: from, end: end[k], name: "", show: [{ pattern: columns.pattern?.[k] }] }))]);
  },
  // A stimulus in words.
  words(stimulus) {
    const { pattern, population, draw, ...rest } = stimulus;
    const what = [pattern && `pattern ${pattern}`, population && `${pattern ? "of " : ""}${population}`].filter(Boolean).join(" ");
    const how = Object.entries(rest).map(([key, value]) => (key === "state" ? value : `${Words.label(key)} ${isScalar(value) ? value : JSON.stringify(value)}`));
    return [what, ...how].filter(Boolean).join(", ");
  },
  // The strip: epochs from the start to the end of the recording, and a frame around the part in view.
  draw(canvas, populations, view, end) {
    const width = canvas.clientWidth, height = canvas.clientHeight, ratio = devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio);
    canvas.height = Math.round(height * ratio);
    const c = canvas.getContext("2d");
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.font = '11px "DejaVu Sans", Verdana, sans-serif';
    c.textBaseline = "middle";
    c.textAlign = "center";
    const scale = (width - LEFT - RIGHT) / end, x = (time) => LEFT + time * scale;
    c.fillStyle = Colours.css("soft");
    c.fillRect(LEFT, 4, end * scale, height - 8);
    for (const epoch of Protocol.all()) {
      const left = x(epoch.start), wide = Math.max(x(epoch.end) - left, 1);
      if (epoch.show.length) {
        c.fillStyle = Protocol.colour(epoch, populations);
        c.fillRect(left, 4, wide, height - 8);
      } else if (wide > 3) {
        c.fillStyle = Colours.css("line");
        c.fillRect(left, 4, 1, height - 8);
      }
      if (c.measureText(epoch.name).width > wide - 4) continue;
      c.fillStyle = epoch.show.length ? "#ffffff" : Colours.css("ink");
      c.fillText(epoch.name, left + 0.5 * wide, 0.5 * height);
    }
    c.strokeStyle = Colours.css("ink");
    c.lineWidth = 2;
    c.strokeRect(x(view.from), 2, Math.max((view.to - view.from) * scale, 2), height - 4);
    c.fillStyle = Colours.css("grey");
    c.textAlign = "right";
    c.fillText("protocol", LEFT - 6, 0.5 * height);
  },
};
