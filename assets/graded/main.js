// The page: what is run, what is shown, what buttons do.
const data = JSON.parse(document.getElementById("data").textContent);
const net = Core.network(data), plane = net.n <= 2, names = data.memories.names;
const $ = (id) => document.getElementById(id);
const PACES = [0.5, 1, 2, 5, 10, 20, 50], LENGTHS = [0.5, 1, 2, 3, 5, 10, 20], WINDOW = 40 * net.slowest;
const CELLS = net.n === 1 ? 120 : 64, MOST_SAMPLES = 4000;
// Steps in one picture: beyond them time goes slower than asked for.
const MOST_STEPS = 4000;
let run = Run.begin(net, data.initial), history = [], bands = [], running = null, trouble = "", cursor = -1, area = null;
let portrait = null, pending = 0;

function sample() {
  const r = Core.activity(net, run.flow.y), { first, patterns } = data.memories;
  const overlaps = patterns.map((pattern) => Core.overlap(net, pattern, first, r));
  const energy = net.energy ? Core.energy(net, Run.input(run), run.flow.y) : null;
  history.push({ t: run.flow.t, y: run.flow.y, r, overlaps, energy });
  history = history.filter((s) => s.t >= run.flow.t - WINDOW).slice(-MOST_SAMPLES);
}

// What follows from the input: fixed points, nullclines, basins; the model's own are those of its survey.
function survey() {
  const input = Run.input(run), free = Run.isFree(run), key = Array.from(input).join();
  if (portrait?.key === key) return;
  if (!plane) {
    portrait = { key, points: free ? data.points : [] };
    listPoints();
    return;
  }
  const points = free ? data.points : Plane.fixedPoints(net, input, data.ends);
  const ends = data.ends.map(([low, high], i) => {
    const all = [low, high, ...points.flatMap((p) => [p.variable[i], p.end?.[i] ?? p.variable[i]])];
    const [a, b] = [Math.min(...all), Math.max(...all)];
    return [a - 0.15 * (b - a), b + 0.15 * (b - a)];
  });
  const curves = net.n === 2 ? [0, 1].map((i) => Plane.nullcline(net, input, ends, i)) : [];
  const velocity = net.n === 2 ? [] : Array.from({ length: 301 }, (_, k) => {
    const y = ends[0][0] + (k / 300) * (ends[0][1] - ends[0][0]);
    return [y, Core.residual(net, input, Float64Array.of(y))[0] / net.tau[0]];
  });
  portrait = { key, input, points, ends, curves, velocity, basins: { side: CELLS, leads: [] } };
  listPoints();
  const asked = ++pending, attractors = points.filter((p) => p.kind.startsWith("stable")).map((p) => p.variable);
  const middle = (i, k) => ends[i][0] + ((k + 0.5) / CELLS) * (ends[i][1] - ends[i][0]);
  const some = () => {
    if (asked !== pending || attractors.length === 0) return;
    const { leads } = portrait.basins, begin = performance.now();
    while (leads.length < CELLS ** net.n && performance.now() - begin < 12) {
      const start = net.n === 1 ? [middle(0, leads.length)] : [middle(0, leads.length % CELLS), middle(1, Math.floor(leads.length / CELLS))];
      leads.push(Plane.leadsTo(net, input, attractors, start));
    }
    if (leads.length < CELLS ** net.n) setTimeout(some, 0);
    if (running === null) draw();
  };
  setTimeout(some, 60);
}

function drawState() {
  const y = run.flow.y, variable = net.potential ? "potential" : "activity";
  if (net.n === 1) area = View.line($("state"), { ...portrait, y, variable });
  else if (net.n === 2) {
    area = View.plane($("state"), { ...portrait, nullclines: portrait.curves, way: history.map((s) => [s.y[0], s.y[1]]), y, variable });
  } else {
    const r = Core.activity(net, y), share = Array.from(r, (v, i) => (v - net.levels[i][0]) / (net.levels[i][1] - net.levels[i][0]));
    View.pixels($("state"), { ...data, share, cursor: document.activeElement === $("state") ? Math.max(cursor, 0) : -1 });
  }
}

function drawCurves() {
  const now = run.flow.t, window = [Math.max(0, now - WINDOW), Math.max(now, WINDOW)];
  const all = net.n > 8 && names.length > 0;
  const value = all ? (s) => s.overlaps : (s) => s.r, number = all ? names.length : net.n, many = number > COLOURS.length + 2;
  const curves = Array.from({ length: number }, (_, i) => ({
    name: many ? "" : all ? names[i] : `neuron ${i + 1}`, colour: COLOURS[i % COLOURS.length], thin: many, points: history.map((s) => [s.t, value(s)[i]]),
  }));
  const range = (values, low, high) => values.reduce(([a, b], v) => [Math.min(a, v), Math.max(b, v)], [low, high]);
  const levels = all ? [0, 1] : [Math.min(...net.levels.map((l) => l[0])), Math.max(...net.levels.map((l) => l[1]))];
  const shown = bands.filter((b) => b[1] > window[0]);
  const spread = range(history.flatMap((s) => Array.from(value(s))), ...levels);
  $("shown").textContent = all ? "Overlap" : "Activity";
  View.chart($("activity"), { window, range: spread, curves, bands: shown, names: ["time (ms)", all ? "overlap" : "activity"] });
  if (!net.energy) return;
  const energies = history.map((s) => s.energy), points = history.map((s) => [s.t, s.energy]);
  View.chart($("energy"), { window, range: range(energies, Infinity, -Infinity), curves: [{ colour: INK, points }], bands: shown, names: ["time (ms)", "energy"] });
}

function drawStatus() {
  const y = run.flow.y, scale = Core.scale(net, y);
  const still = Core.residual(net, Run.input(run), y).every((v, i) => Math.abs(v) <= 1e-6 * scale || Run.clamped(run)[i]);
  const here = portrait.points.find((p) => Core.apart(p.variable, y) <= 1e-3 * scale);
  const r = Core.activity(net, y), box = $("status"), head = document.createElement("strong");
  const place = net.n <= 6 ? ` ${View.state(r)}` : here?.nearest ? `, overlap with ${here.nearest[0]} ${View.text(here.nearest[1], 3)}` : "";
  box.className = trouble ? "spurious" : still && here?.kind.startsWith("stable") ? "settled" : "";
  head.textContent = trouble || (still ? `At rest${here ? ` at a fixed point, ${here.kind}` : ""}${place}` : `${running === null ? "Stopped" : "Moving"}${place}`);
  const held = run.held.map((h) => h.name).join(", ");
  const energy = history.at(-1)?.energy;
  const detail = `${View.text(run.flow.t, 5)} ms${energy === null || energy === undefined ? "" : `, energy ${View.text(energy, 6)}`}${held ? `; held: ${held}` : ""}`;
  box.replaceChildren(head, document.createElement("br"), document.createTextNode(detail));
  document.querySelectorAll("#stimuli button, #kicks button").forEach((b) => b.classList.toggle("held", run.held.some((h) => h.name === b.dataset.name)));
}

function listPoints() {
  const { points } = portrait, free = Run.isFree(run);
  $("found").textContent = free ? data.found : plane ? `With the input of now: ${points.length} found.` : "They are listed for the model's own input.";
  const shown = points.slice(0, 60).map((point) => {
    const button = document.createElement("button"), r = Core.activity(net, Float64Array.from(point.variable));
    const place = net.n <= 6 ? View.state(r) : point.nearest ? `overlap with ${point.nearest[0]} ${View.text(point.nearest[1], 3)}` : "";
    const energy = point.energy === undefined || point.energy === null ? "" : `, E ${View.text(point.energy, 5)}`;
    const reached = point.reached ? `, ${View.text(100 * point.reached, 3)} % of random starts` : "";
    button.textContent = `${point.end ? "line of fixed points from" : point.kind}${net.n <= 6 ? "" : ","} ${place}${energy}${reached}`;
    button.addEventListener("click", () => set(point.variable));
    return button;
  });
  $("points").replaceChildren(...shown);
}

function draw() { survey(); drawState(); drawCurves(); drawMemories(); drawStatus(); }

// Takes a state by hand.
function set(y) { Run.set(run, y); trouble = ""; history = history.filter((s) => s.t < run.flow.t); sample(); draw(); }

function stop() { if (running !== null) cancelAnimationFrame(running); running = null; $("run").textContent = "Run"; }

function go() {
  if (running !== null || trouble) return;
  $("run").textContent = "Stop";
  let last = null;
  const frame = (now) => {
    const span = last === null ? 0 : Math.min(100, now - last) / 1000;
    last = now;
    const until = run.flow.t + span * PACES[$("speed").value] * net.slowest;
    try {
      // Several looks a picture, so that curves are smooth.
      for (let k = 1; k <= 4; k++) { Run.advance(run, run.flow.t + ((until - run.flow.t) * k) / 4, MOST_STEPS / 4); sample(); }
      running = requestAnimationFrame(frame);
    } catch (error) {
      trouble = `Stopped: ${error.message}`;
      stop();
    }
    draw();
  };
  running = requestAnimationFrame(frame);
}

function begin() { stop(); const { offset } = run; run = Run.begin(net, data.initial); run.offset = offset; history = []; bands = []; trouble = ""; sample(); draw(); }

function hold(field) {
  bands.push([run.flow.t, run.flow.t + field.duration]);
  Run.hold(run, { ...field });
  sample(); draw(); go();
}

const kickSize = () => ($("size").value / 50) * data.kick.size, kickLength = () => (LENGTHS[$("length").value] / 3) * data.kick.duration;
function kick(i, sign) {
  const local = Array.from({ length: net.n }, (_, k) => (k === i ? sign * kickSize() : 0));
  hold({ name: `kick of neuron ${i + 1} ${sign > 0 ? "up" : "down"}`, duration: kickLength(), local });
}
