// Buttons, sliders, clicks and keys.
function button(parent, text, act, name = text) {
  const made = document.createElement("button");
  made.textContent = text; made.dataset.name = name;
  made.addEventListener("click", act);
  $(parent).append(made);
  return made;
}
if (net.n <= 10) {
  for (let i = 0; i < net.n; i++) {
    for (const sign of [1, -1]) {
      const way = sign > 0 ? "up" : "down";
      button("kicks", `${i + 1} ${sign > 0 ? "▲" : "▼"}`, () => kick(i, sign), `kick of neuron ${i + 1} ${way}`).setAttribute("aria-label", `Kick neuron ${i + 1} ${way}`);
    }
  }
}
const each = net.n <= 4;
for (let i = 0; i < (each ? net.n : 1); i++) {
  const label = document.createElement("label"), slider = document.createElement("input"), output = document.createElement("output");
  Object.assign(slider, { type: "range", min: -100, max: 100, value: 0 });
  slider.setAttribute("aria-label", each ? `Input added to neuron ${i + 1}` : "Input added to all neurons");
  const show = () => {
    const added = (slider.value / 100) * 2 * data.kick.size;
    if (each) run.offset[i] = added; else run.offset.fill(added);
    output.textContent = `${each ? i + 1 : "all"}: ${slider.value >= 0 ? "+" : ""}${View.text(added, 3)}`;
  };
  slider.addEventListener("input", () => { show(); run.flow.step = 0; draw(); });
  slider.addEventListener("dblclick", () => { slider.value = 0; show(); draw(); });
  label.className = "grey";
  label.append(slider, " ", output);
  $("inputs").append(label);
  show();
}
const stimuli = data.epochs.filter((e) => e.local || e.placed || e.clamped);
for (const epoch of stimuli) button("stimuli", epoch.name, () => hold(epoch));
$("stimuli").hidden = stimuli.length === 0;
$("falling").hidden = !net.energy;
$("stored").hidden = names.length === 0;

const bars = data.memories.patterns.map((pattern, mu) => {
  const made = document.createElement("button"), thumb = document.createElement("canvas");
  const name = document.createElement("span"), scale = document.createElement("span"), bar = document.createElement("i"), value = document.createElement("span");
  made.className = "memory";
  thumb.width = data.columns; thumb.height = Math.ceil(pattern.length / data.columns);
  thumb.style.imageRendering = "pixelated"; thumb.style.height = `${(40 * thumb.height) / thumb.width}px`;
  const c = thumb.getContext("2d");
  pattern.forEach((bit, i) => { c.fillStyle = bit ? INK : "#f0f0f0"; c.fillRect(i % data.columns, Math.floor(i / data.columns), 1, 1); });
  name.className = "name"; name.textContent = names[mu]; scale.className = "scale"; scale.append(bar); value.className = "value";
  made.append(thumb, name, scale, value);
  made.title = `Put the network into ${names[mu]}`;
  made.addEventListener("click", () => {
    const y = Float64Array.from(run.flow.y);
    pattern.forEach((bit, k) => { const i = data.memories.first + k; y[i] = data.placed[i][bit]; });
    set(y);
  });
  $("memories").append(made);
  return { made, bar, value };
});
function drawMemories() {
  const overlaps = history.at(-1)?.overlaps ?? [], largest = Math.max(...overlaps);
  overlaps.forEach((m, mu) => {
    const { made, bar, value } = bars[mu], length = Math.min(Math.abs(m), 1);
    bar.style.left = `${m < 0 ? 50 - 50 * length : 50}%`; bar.style.width = `${50 * length}%`;
    bar.style.background = COLOURS[mu % COLOURS.length];
    value.textContent = m.toFixed(2).replace("-", "−");
    made.classList.toggle("nearest", m === largest);
  });
}

const canvas = $("state");
function flip(i) {
  const y = Float64Array.from(run.flow.y), [low, high] = data.placed[i];
  y[i] = y[i] > (low + high) / 2 ? low : high;
  set(y);
}
let painted = null;
function point(event) {
  const box = canvas.getBoundingClientRect(), x = event.clientX - box.left, y = event.clientY - box.top;
  if (plane) {
    const { box: [left, top, right, bottom], ends } = area;
    const place = [ends[0][0] + ((x - left) / (right - left)) * (ends[0][1] - ends[0][0]), ends[1][0] + ((bottom - y) / (bottom - top)) * (ends[1][1] - ends[1][0])];
    const inside = (v, i) => Math.min(Math.max(v, net.potential ? -Infinity : net.ranges[i][0] ?? -Infinity), net.potential ? Infinity : net.ranges[i][1] ?? Infinity);
    set(Float64Array.from(place.slice(0, net.n), inside));
    return;
  }
  const size = box.width / data.columns, i = Math.floor(y / size) * data.columns + Math.floor(x / size);
  if (x < 0 || x >= box.width || y < 0 || i >= net.n || painted.has(i)) return;
  painted.add(i); cursor = i;
  if (event.shiftKey) kick(i, event.altKey ? -1 : 1); else flip(i);
}
canvas.addEventListener("pointerdown", (event) => { painted = new Set(); point(event); });
canvas.addEventListener("pointermove", (event) => { if (painted && event.buttons) point(event); });
window.addEventListener("pointerup", () => { painted = null; });
canvas.addEventListener("focus", () => draw());
canvas.addEventListener("blur", () => draw());
canvas.addEventListener("keydown", (event) => {
  const along = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, 1], ArrowDown: [0, -1] }[event.key];
  if (plane && along) {
    set(run.flow.y.map((v, i) => v + (along[i] ?? 0) * 0.02 * (portrait.ends[i][1] - portrait.ends[i][0])));
  } else if (along) {
    const next = Math.max(cursor, 0) + along[0] - along[1] * data.columns;
    if (next >= 0 && next < net.n) cursor = next;
    draw();
  } else if (event.key === " " && !plane) flip(Math.max(cursor, 0));
  else return;
  event.preventDefault();
});
$("run").addEventListener("click", () => { if (running === null) go(); else { stop(); draw(); } });
$("reset").addEventListener("click", begin);
$("protocol").addEventListener("click", () => {
  begin();
  let t = 0;
  for (const epoch of data.epochs) { if (epoch.local || epoch.clamped) bands.push([t, t + epoch.duration]); t += epoch.duration; }
  Run.play(run, data.epochs);
  go();
});
const describe = () => {
  $("pace").textContent = `${View.text(PACES[$("speed").value] * net.slowest, 3)} ms per second`;
  $("strength").textContent = View.text(kickSize(), 3);
  $("lasting").textContent = `${View.text(kickLength(), 3)} ms`;
};
["speed", "size", "length"].forEach((id) => $(id).addEventListener("input", describe));
document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.altKey || event.metaKey || event.target.tagName === "INPUT") return;
  const act = { enter: "run", p: "protocol", backspace: "reset" }[event.key.toLowerCase()];
  if (!act || (act === "run" && event.target.tagName === "BUTTON")) return;
  event.preventDefault();
  $(act).click();
});
window.addEventListener("resize", () => draw());
$("title").textContent = data.title;
$("about").textContent = `${net.n === 1 ? "1 neuron" : `${net.n} neurons`}, ${net.potential ? "τ du/dt = −u + J φ(u) + I" : "τ dr/dt = −r + φ(J r + I)"}${names.length ? `, ${names.length} memories` : ""}.`;
const marks = "Filled: stable; open: unstable; cross: saddle; orange: the state now. Shades: basins.";
$("legend").textContent = net.n === 2 ? `Lines: where neuron 1 (blue) and neuron 2 (orange) stand still. ${marks}` : net.n === 1 ? marks : "White: inactive; black: active.";
$("help").textContent = `${plane ? "Click or drag in the picture to put the network there." : "Click or drag over pixels to switch them; with Shift a click is a kick up, with Shift and Alt one down."} A kick adds its size to the input of a neuron as long as the slider beside it says. Double-click a slider of the input to set it back. Keys: Enter runs, P plays the protocol, Backspace goes back.`;
describe();
begin();
document.documentElement.dataset.ready = "yes";
