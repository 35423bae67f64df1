// The beginning: tables at once, then what was recorded.

// How what is drawn differs from what was recorded.
function notes() {
  const words = [];
  if (SPIKES) {
    const all = data.populations.map((population) => population.spikes), sum = (key) => all.reduce((n, spikes) => n + spikes[key], 0);
    const every = all[0]?.every ?? 1, number = Words.number(sum("number"));
    const which = every === 1 ? `All ${number} spikes` : `One neuron in ${every}, with ${number} of ${Words.number(sum("of"))} spikes`;
    words.push(`${which}, at times rounded to ${all[0]?.tick} ms.`);
    if (data.populations.some((population) => population.overlaps)) words.push("A neuron of several patterns stands with the one that was shown first.");
    words.push(`Where many spikes share a pixel, the darker the more. Curves are means over ${data.populations[0]?.rate.interval} ms.`);
  } else {
    if (data.populations.every((population) => !population.states)) words.push("States were not recorded: run the model with --set record.states=true to see them here.");
    if (data.looks.number < data.looks.of) words.push(`The first ${Words.number(data.looks.number)} of ${Words.number(data.looks.of)} looks.`);
  }
  if (data.trials && data.trials.number < data.trials.of) words.push(`The first ${Words.number(data.trials.number)} of ${Words.number(data.trials.of)} trials.`);
  $("activity-note").textContent = words.join(" ");
}

async function begin() {
  fillTables();
  const recorded = await Data.all();
  if (!SPIKES && recorded.populations.length) {
    Looks.time = recorded.populations[0].rate.time;
    Looks.interval = recorded.populations[0].rate.interval;
  }
  $("order-choice").hidden = !recorded.populations.some((population) => population.overlaps);
  if (!SPIKES) $("order").value = "number";
  notes();
  const view = new View(recorded), player = new Player(recorded.populations, view);
  const parts = new Parts(view, player);
  view.draw();
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", () => player.draw());
  // For whoever wants to look closer, and for the tests.
  window.report = { summary, data, recorded, view, player, parts };
  document.documentElement.dataset.ready = String(Math.round(performance.now()));
}

begin().catch((error) => {
  $("activity-note").textContent = `This browser cannot draw the recording: ${error.message}`;
  throw error;
});
