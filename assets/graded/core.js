"use strict";
// Transfer functions phi with their slopes (at a corner the one above it) and costs G, the integrals of their inverses.
const entropy = (x) => (x > 0 ? x * Math.log(x) : 0);
const Transfer = {
  linear: ({ gain }) => ({ value: (h) => gain * h, slope: () => gain, cost: (r) => (0.5 * r * r) / gain }),
  threshold_linear: ({ gain, threshold }) => ({
    value: (h) => gain * Math.max(h - threshold, 0),
    slope: (h) => (h < threshold ? 0 : gain),
    cost: (r) => (0.5 * r * r) / gain + threshold * r,
  }),
  saturating: ({ low, high, gain }) => ({
    value: (h) => Math.min(Math.max(gain * h, low), high),
    slope: (h) => (gain * h >= low && gain * h < high ? gain : 0),
    cost: (r) => (0.5 * r * r) / gain,
  }),
  tanh: ({ gain }) => ({
    value: (h) => Math.tanh(gain * h),
    slope: (h) => gain * (1 - Math.tanh(gain * h) ** 2),
    cost: (r) => (0.5 * (entropy(1 + r) + entropy(1 - r))) / gain,
  }),
  logistic: ({ r_max, beta, h0 }) => {
    const share = (h) => 1 / (1 + Math.exp(-beta * (h - h0)));
    return {
      value: (h) => r_max * share(h),
      slope: (h) => beta * r_max * share(h) * (1 - share(h)),
      cost: (r) => h0 * r + (r_max / beta) * (entropy(r / r_max) + entropy(1 - r / r_max)),
    };
  },
  step: ({ threshold, low, high }) => ({
    value: (h) => (h < threshold ? low : high),
    slope: () => 0,
    cost: (r) => threshold * r,
  }),
  // A rate at places that are even in u, h = theta + scale sinh u, joined by cubics.
  table: ({ theta, scale, start, step, values, slopes }) => {
    const at = (h) => {
      const u = (Math.asinh((h - theta) / scale) - start) / step;
      const k = Math.min(Math.max(Math.floor(u), 0), values.length - 2);
      return [k, Math.min(Math.max(u - k, 0), 1)];
    };
    const value = (h) => {
      const [k, s] = at(h), rise = values[k + 1] - values[k];
      const a = slopes[k] - rise, b = rise - slopes[k + 1];
      return values[k] + s * rise + s * (1 - s) * ((1 - s) * a + s * b);
    };
    const slope = (h) => {
      const [k, s] = at(h), rise = values[k + 1] - values[k];
      const a = slopes[k] - rise, b = rise - slopes[k + 1];
      const along = rise + (1 - 2 * s) * ((1 - s) * a + s * b) + s * (1 - s) * (b - a);
      return along / (step * Math.hypot(h - theta, scale));
    };
    return { value, slope };
  },
};

// The network: pure functions of the state y, of activities or potentials, and of the input I.
//   tau dy/dt = target - y,   target = phi(J y + I) of activities,   J phi(y) + I of potentials
const Core = {
  network(data) {
    const kinds = data.transfers.map((f) => Transfer[Object.keys(f)[0]](Object.values(f)[0]));
    return {
      n: data.tau.length, potential: data.variable === "potential", tau: data.tau, couplings: Float64Array.from(data.couplings),
      phi: data.transfer.map((k) => kinds[k]), ranges: data.transfer.map((k) => data.ranges[k]), levels: data.levels,
      input: Float64Array.from(data.input), energy: data.energy, slowest: Math.max(...data.tau), fastest: Math.min(...data.tau),
      span: Math.max(...data.levels.map(([low, high]) => high - low)),
    };
  },
  activity(net, y) { return net.potential ? y.map((u, i) => net.phi[i].value(u)) : Float64Array.from(y); },
  field(net, input, y) {
    const r = net.potential ? Core.activity(net, y) : y, h = Float64Array.from(input);
    for (let i = 0; i < net.n; i++) {
      let sum = 0;
      for (let j = 0; j < net.n; j++) sum += net.couplings[i * net.n + j] * r[j];
      h[i] += sum;
    }
    return h;
  },
  // tau dy/dt.
  residual(net, input, y) {
    const h = Core.field(net, input, y);
    for (let i = 0; i < net.n; i++) h[i] = (net.potential ? h[i] : net.phi[i].value(h[i])) - y[i];
    return h;
  },
  // E = -1/2 r.J r - I.r + sum_i G(r_i).
  energy(net, input, y) {
    const r = Core.activity(net, y), h = Core.field({ ...net, potential: false }, input, r);
    let sum = 0;
    for (let i = 0; i < net.n; i++) {
      const [low, high] = net.ranges[i];
      const inside = Math.min(Math.max(r[i], low ?? -Infinity), high ?? Infinity);
      sum += net.phi[i].cost(inside) - 0.5 * (h[i] + input[i]) * r[i];
    }
    return sum;
  },
  scale(net, y) { return y.reduce((most, v) => Math.max(most, Math.abs(v)), net.span); },
  apart(a, b) { return a.reduce((most, v, i) => Math.max(most, Math.abs(v - b[i])), 0); },
  // The slope of the activity, as a share of the way between the levels, on a pattern of these neurons.
  overlap(net, pattern, first, r) {
    const f = pattern.reduce((sum, bit) => sum + bit, 0) / pattern.length;
    let sum = 0;
    pattern.forEach((bit, k) => {
      const [low, high] = net.levels[first + k];
      sum += ((bit - f) * (r[first + k] - low)) / (high - low);
    });
    return sum / (pattern.length * f * (1 - f));
  },
};

// Dormand and Prince's method of order 5 with an error estimate of order 4.
const STAGES = [
  [1 / 5],
  [3 / 40, 9 / 40],
  [44 / 45, -56 / 15, 32 / 9],
  [19372 / 6561, -25360 / 2187, 64448 / 6561, -212 / 729],
  [9017 / 3168, -355 / 33, 46732 / 5247, 49 / 176, -5103 / 18656],
  [35 / 384, 0, 500 / 1113, 125 / 192, -2187 / 6784, 11 / 84],
];
const ERRORS = [71 / 57600, 0, -71 / 16695, 71 / 1920, -17253 / 339200, 22 / 525, -1 / 40];
const Flow = {
  begin(y, tolerance) { return { t: 0, y: Float64Array.from(y), step: 0, tolerance, short: 0 }; },
  // Follows the flow up to `until` with `input` held, where `clamped` neurons stay; false if it was not reached in so many steps.
  go(net, flow, input, clamped, until, most = Infinity) {
    const slope = (y) => {
      const d = Core.residual(net, input, y);
      for (let i = 0; i < net.n; i++) d[i] = clamped[i] ? 0 : d[i] / net.tau[i];
      return d;
    };
    let first = slope(flow.y);
    for (let taken = 0; flow.t < until; taken++) {
      if (taken === most) return false;
      // At a jump of a step function no step is short enough, and this one is made; the more often, the longer.
      const least = net.fastest * 1e-6 * Math.min(1e4, 1 + flow.short);
      const wanted = Math.max(flow.step || 0.01 * net.fastest, least), left = until - flow.t;
      const last = wanted >= left * (1 - 1e-12), length = last ? left : wanted;
      const k = [first];
      let y = flow.y;
      for (const row of STAGES) {
        y = flow.y.map((v, i) => v + length * row.reduce((sum, a, s) => sum + a * k[s][i], 0));
        k.push(slope(y));
      }
      let sum = 0;
      for (let i = 0; i < net.n; i++) {
        const error = length * ERRORS.reduce((all, e, s) => all + e * k[s][i], 0);
        sum += (error / (1 + Math.abs(flow.y[i]))) ** 2;
      }
      const error = Math.sqrt(sum / net.n) / flow.tolerance, good = error <= 1;
      if (!y.every((v) => Math.abs(v) < 1e100)) throw new RangeError("the activity grows without bound");
      const growth = Math.min(5, Math.max(0.2, 0.9 * error ** -0.2));
      // The last stretch before a stop says little about how long a step may be.
      if (!last || growth < 1) flow.step = length * growth;
      if (!good && length > least) continue;
      flow.short = good ? Math.max(0, flow.short - 0.2) : flow.short + 1;
      flow.t = last ? until : flow.t + length;
      flow.y = y;
      first = k[6];
    }
    return true;
  },
};

// A run: the flow, with what is added to the input by hand, by kicks, and by the epochs of a protocol.
const Run = {
  begin(net, y, tolerance = 1e-9) {
    return { net, flow: Flow.begin(y, tolerance), offset: new Float64Array(net.n), held: [], queue: [], protocol: null };
  },
  // Takes a state by hand: time goes on.
  set(run, y) { run.flow = { ...Flow.begin(y, run.flow.tolerance), t: run.flow.t }; },
  // Holds a field { name, duration, local, placed, clamped } from now on.
  hold(run, field) {
    field.placed?.forEach((y, i) => { if (y !== null) run.flow.y[i] = y; });
    const held = { ...field, start: run.flow.t, end: run.flow.t + field.duration };
    run.held.push(held);
    run.flow.step = 0;
    return held;
  },
  // Shows epochs one after another.
  play(run, epochs) { run.queue = [...epochs]; run.protocol = null; },
  input(run) {
    const input = run.net.input.map((v, i) => v + run.offset[i]);
    for (const held of run.held) held.local?.forEach((v, i) => { input[i] += v; });
    return input;
  },
  clamped(run) { return Array.from({ length: run.net.n }, (_, i) => run.held.some((held) => held.clamped?.[i])); },
  // Whether nothing but the model's own input acts.
  isFree(run) { return run.held.every((held) => !held.local && !held.clamped) && run.offset.every((v) => v === 0); },
  advance(run, until, most = Infinity) {
    for (;;) {
      const now = run.flow.t;
      run.held = run.held.filter((held) => held.end > now);
      if (run.protocol && run.protocol.end <= now) run.protocol = null;
      if (run.protocol === null && run.queue.length) {
        run.protocol = Run.hold(run, run.queue.shift());
        continue;
      }
      if (now >= until) return;
      const next = run.held.reduce((next, held) => Math.min(next, held.end), until);
      if (!Flow.go(run.net, run.flow, Run.input(run), Run.clamped(run), next, most)) return;
    }
  },
};
