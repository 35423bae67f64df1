"use strict";
// What is drawn: curves against time, the plane or line of states, neurons as pixels.
const COLOURS = ["#0072b2", "#d55e00", "#009e73", "#cc79a7", "#e69f00", "#56b4e9"];
const TINTS = ["#cfe3f0", "#f7dccb", "#cce9df", "#f3e0eb", "#faeccc", "#dff0fa"];
const INK = "#262626", GREY = "#767676", LINE = "#b5b5b5";
const FONT = '12px "DejaVu Sans", Verdana, sans-serif';

const View = {
  text(value, digits = 4) {
    const rounded = +value.toPrecision(digits);
    return String(Math.abs(rounded) < 1e-12 ? 0 : rounded).replace("-", "−");
  },
  state(activity) { return `(${Array.from(activity, (r) => View.text(r, 3)).join(", ")})`; },
  sharpen(canvas, width, height) {
    const ratio = window.devicePixelRatio || 1;
    canvas.width = Math.round(width * ratio); canvas.height = Math.round(height * ratio);
    const c = canvas.getContext("2d");
    c.setTransform(ratio, 0, 0, ratio, 0, 0);
    c.clearRect(0, 0, width, height);
    c.font = FONT;
    return c;
  },
  // Round numbers from `low` to `high`, some `number` of them.
  ticks(low, high, number) {
    const rough = (high - low) / number, power = 10 ** Math.floor(Math.log10(rough));
    const step = power * [1, 2, 5, 10].find((m) => m * power >= rough), all = [];
    for (let k = Math.ceil(low / step - 1e-9); k * step <= high + 1e-9 * step; k++) all.push(k * step);
    return all;
  },
  // Axes with ticks; returns where a pair of values lies.
  axes(c, [left, top, right, bottom], [low, high], [least, most], names) {
    const at = (x, y) => [left + ((x - low) / (high - low)) * (right - left), bottom - ((y - least) / (most - least)) * (bottom - top)];
    c.strokeStyle = LINE; c.fillStyle = GREY; c.lineWidth = 1;
    c.beginPath(); c.moveTo(left, top); c.lineTo(left, bottom); c.lineTo(right, bottom); c.stroke();
    c.textAlign = "center"; c.textBaseline = "top";
    for (const x of View.ticks(low, high, Math.max(2, (right - left) / 90))) c.fillText(View.text(x), at(x, 0)[0], bottom + 5);
    c.fillText(names[0], (left + right) / 2, bottom + 20);
    c.textAlign = "right"; c.textBaseline = "middle";
    for (const y of View.ticks(least, most, Math.max(2, (bottom - top) / 50))) c.fillText(View.text(y), left - 6, at(0, y)[1]);
    c.save(); c.translate(11, (top + bottom) / 2); c.rotate(-Math.PI / 2); c.textAlign = "center"; c.fillText(names[1], 0, 0); c.restore();
    return at;
  },
  curve(c, at, points, colour, width = 1.6) {
    c.strokeStyle = colour; c.lineWidth = width; c.lineJoin = "round"; c.beginPath();
    points.forEach(([x, y], k) => (k ? c.lineTo(...at(x, y)) : c.moveTo(...at(x, y))));
    c.stroke();
  },
  dot(c, [x, y], radius, fill, line = INK) {
    c.beginPath(); c.arc(x, y, radius, 0, 7); c.fillStyle = fill; c.fill();
    c.strokeStyle = line; c.lineWidth = 1.5; c.stroke();
  },
  // Curves { name, colour, points } against time, with bands [from, to] in which something was held.
  chart(canvas, { window, range, curves, bands, names }) {
    const width = canvas.clientWidth, height = canvas.clientHeight, c = View.sharpen(canvas, width, height);
    const box = [74, 8, width - 18, height - 38], room = 0.06 * (range[1] - range[0] || 1);
    const spread = [range[0] - room, range[1] + room];
    for (const [from, to] of bands) {
      const x = (t) => box[0] + ((Math.min(Math.max(t, window[0]), window[1]) - window[0]) / (window[1] - window[0])) * (box[2] - box[0]);
      c.fillStyle = "#fdf1e9"; c.fillRect(x(from), box[1], x(to) - x(from), box[3] - box[1]);
    }
    const at = View.axes(c, box, window, spread, names);
    for (const { points, colour, thin } of curves) View.curve(c, at, points, colour, thin ? 0.8 : 1.8);
    c.textAlign = "left"; c.textBaseline = "middle";
    curves.filter((curve) => curve.name).slice(0, 8).forEach(({ name, colour }, k) => {
      c.fillStyle = colour; c.fillText(name, box[0] + 8 + 62 * (k % 6), box[1] + 8 + 16 * Math.floor(k / 6));
    });
  },
  mark(c, place, kind) {
    if (kind === "saddle") {
      c.strokeStyle = INK; c.lineWidth = 2;
      const [x, y] = place;
      c.beginPath(); c.moveTo(x - 5, y - 5); c.lineTo(x + 5, y + 5); c.moveTo(x - 5, y + 5); c.lineTo(x + 5, y - 5); c.stroke();
    } else {
      View.dot(c, place, 5.5, kind.startsWith("stable") ? INK : kind === "marginal" ? LINE : "#ffffff");
    }
  },
  lines(c, at, points) {
    for (const { variable, end } of points.filter((p) => p.end)) View.curve(c, at, [[variable[0], variable[1] ?? 0], [end[0], end[1] ?? 0]], INK, 4);
  },
  // The plane of two neurons.
  plane(canvas, { ends, basins, nullclines, points, way, y, variable }) {
    const width = canvas.clientWidth, height = width, c = View.sharpen(canvas, width, height);
    canvas.style.height = `${height}px`;
    const box = [58, 8, width - 10, height - 40], [across, up] = [box[2] - box[0], box[3] - box[1]];
    basins.leads.forEach((k, cell) => {
      if (k < 0) return;
      c.fillStyle = TINTS[k % TINTS.length];
      const column = cell % basins.side, row = Math.floor(cell / basins.side), [w, h] = [across / basins.side, up / basins.side];
      c.fillRect(box[0] + column * w, box[3] - (row + 1) * h, w + 0.5, h + 0.5);
    });
    const at = View.axes(c, box, ends[0], ends[1], [`${variable} of neuron 1`, `${variable} of neuron 2`]);
    c.save(); c.beginPath(); c.rect(box[0], box[1], across, up); c.clip();
    nullclines.forEach((pieces, i) => {
      c.strokeStyle = COLOURS[i]; c.lineWidth = 2; c.beginPath();
      for (const [a, b, d, e] of pieces) { c.moveTo(...at(a, b)); c.lineTo(...at(d, e)); }
      c.stroke();
    });
    View.curve(c, at, way, "#4d4d4d", 1.6);
    View.lines(c, at, points);
    for (const { variable: [a, b], kind } of points.filter((p) => !p.end)) View.mark(c, at(a, b), kind);
    View.dot(c, at(y[0], y[1]), 6, "#e69f00");
    c.restore();
    return { box, ends };
  },
  // The velocity of one neuron, with the state moving along the line of zero.
  line(canvas, { ends, velocity, points, y, variable, basins }) {
    const width = canvas.clientWidth, height = Math.round(0.75 * width), c = View.sharpen(canvas, width, height);
    canvas.style.height = `${height}px`;
    const box = [66, 8, width - 14, height - 40], values = velocity.map((p) => p[1]);
    const least = Math.min(0, ...values), most = Math.max(0, ...values), room = 0.08 * (most - least || 1);
    const spread = [least - room, most + room];
    basins.leads.forEach((k, cell) => {
      if (k < 0) return;
      const w = (box[2] - box[0]) / basins.side;
      c.fillStyle = TINTS[k % TINTS.length];
      c.fillRect(box[0] + cell * w, box[1], w + 0.5, box[3] - box[1]);
    });
    const at = View.axes(c, box, ends[0], spread, [`${variable} of the neuron`, "its change (1/ms)"]);
    View.curve(c, at, [[ends[0][0], 0], [ends[0][1], 0]], LINE, 1);
    View.curve(c, at, velocity, COLOURS[0], 2);
    View.lines(c, at, points);
    for (const { variable: [a], kind } of points.filter((p) => !p.end)) View.mark(c, at(a, 0), kind);
    View.dot(c, at(Math.min(Math.max(y[0], ends[0][0]), ends[0][1]), 0), 6, "#e69f00");
    return { box, ends: [ends[0], spread] };
  },
  // Neurons as pixels, from white at the lower level to black at the upper one.
  pixels(canvas, { columns, rows, share, cursor }) {
    const width = canvas.clientWidth, size = width / columns, height = size * rows, c = View.sharpen(canvas, width, height);
    canvas.style.height = `${height}px`;
    const gap = size > 12 ? 1.5 : 0.5;
    share.forEach((s, i) => {
      const shade = Math.round(240 - 202 * Math.min(Math.max(s, 0), 1));
      c.fillStyle = `rgb(${shade}, ${shade}, ${shade})`;
      c.fillRect((i % columns) * size + gap, Math.floor(i / columns) * size + gap, size - 2 * gap, size - 2 * gap);
      if (i === cursor) {
        c.strokeStyle = "#56b4e9"; c.lineWidth = 3;
        c.strokeRect((i % columns) * size + gap + 1.5, Math.floor(i / columns) * size + gap + 1.5, size - 2 * gap - 3, size - 2 * gap - 3);
      }
    });
  },
};
