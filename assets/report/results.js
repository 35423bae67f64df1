// The table of results: quantity, theory, simulation with its standard error, verdict; and the rest of the summary.

// What theory says beside what was measured, wherever the summary has both: [quantity, theory path, measured path, s.e. path].
function comparisons(value, words = [], path = "") {
  if (isScalar(value)) return [];
  const found = [];
  for (const key of Object.keys(value)) {
    const measured = key.startsWith("predicted") ? key.replace("predicted", "measured") : key === "expected" ? "measured" : null;
    if (measured === null || typeof value[measured] !== "number" || typeof value[key] !== "number") continue;
    const what = value.quantity ? [value.quantity] : [measured.replace(/^measured_?/, "rate_"), ...words.slice(-3)].filter((word) => word !== "populations");
    const note = typeof value.theory === "string" ? value.theory : null;
    found.push({ what: what.map(Words.label).join(": "), note, theory: [value[key], `${path}/${key}`], measured: [value[measured], `${path}/${measured}`], sem: "sem" in value ? [value.sem, `${path}/sem`] : null });
  }
  return [...found, ...Object.entries(value).flatMap(([key, inner]) => comparisons(inner, [...words, inner?.epoch ?? key], `${path}/${key}`))];
}

// Shares of trials with their intervals: objects that say how many of how many.
function shares(value, words = [], path = "") {
  if (isScalar(value)) return [];
  if ("number" in value && "of" in value && "share" in value) return [{ words, path, share: value }];
  return Object.entries(value).flatMap(([key, inner]) => {
    const name = Array.isArray(value) ? String(inner?.name ?? inner?.level ?? Number(key) + 1) : Words.label(key);
    return shares(inner, [...words, name], `${path}/${key}`);
  });
}

// Values beside which their standard errors stand, of trials with equal levels.
function withErrors(value, words = [], path = "") {
  if (isScalar(value)) return [];
  const found = Object.keys(value).filter((key) => `${key}_sem` in value).map((key) => {
    const level = value.quantity ? `${Words.label(value.quantity)} ${value.level}` : value.quantity === "" ? "all trials" : words.at(-1);
    return { what: `${Words.label(key)}, ${level}`, measured: [value[key], `${path}/${key}`], sem: [value[`${key}_sem`], `${path}/${key}_sem`] };
  });
  return [...found, ...Object.entries(value).flatMap(([key, inner]) => withErrors(inner, Array.isArray(value) ? words : [...words, key], `${path}/${key}`))];
}

// How far the simulation lies from theory.
function deviation(theory, measured, sem) {
  const difference = measured - theory, parts = [];
  if (theory !== 0) parts.push(`${difference < 0 ? "−" : "+"}${Number(Math.abs((100 * difference) / theory).toPrecision(2))} % of theory`);
  if (sem) parts.push(`${Math.abs(difference / sem).toFixed(1)} s.e.`);
  return parts.join(", ");
}

function resultsTable() {
  const table = $("comparison"), dash = () => element("td", "–", { class: "number" });
  table.append(header(["quantity", "theory", "simulation", "± s.e.", "verdict"], (k) => k > 0 && k < 4));
  const add = (what, cells, verdict, kind) => {
    const row = element("tr");
    row.append(element("td", what), ...cells, element("td", verdict ?? "", kind ? { class: kind } : {}));
    table.append(row);
  };
  summary.expect.forEach((verdict, k) => {
    const found = cell(verdict.found, `/expect/${k}/found`);
    found.colSpan = 2;
    add(verdict.expectation, [dash(), found], verdict.met ? "✓ met" : "✗ NOT MET", verdict.met ? "good" : "bad");
  });
  for (const { what, note, theory, measured, sem } of comparisons({ ...summary, expect: [] })) {
    add(note ? `${what} (${note})` : what, [cell(...theory), cell(...measured), sem ? cell(...sem) : dash()], deviation(theory[0], measured[0], sem?.[0]));
  }
  const entries = Object.entries(summary).filter(([, value]) => ofPopulations(value));
  for (const [key, map] of entries) {
    for (const [name, value] of Object.entries(map)) {
      if (typeof value === "number") add(`${Words.label(key)}: ${name}`, [dash(), cell(value, `/${key}/${name}`), dash()]);
    }
  }
  for (const { words, path, share } of shares({ ...summary, expect: [] })) {
    if (share.of === 0 || share.share === null) continue;
    const interval = element("td", `95 %: ${Words.number(share.low)} to ${Words.number(share.high)}`, { class: "number" });
    add(words.join(": "), [dash(), cell(share.share, `${path}/share`), interval], `${share.number} of ${share.of}`);
  }
  for (const { what, measured, sem } of withErrors(summary)) {
    if (measured[0] !== null) add(what, [dash(), cell(...measured), cell(...sem)]);
  }
}

function verdictBadge() {
  const badge = $("verdict"), number = summary.expect.length, met = summary.expect.filter((v) => v.met).length;
  if (!summary.complete) badge.textContent = "Incomplete: the run did not end, and nothing is judged";
  else if (number === 0) badge.textContent = "The model expects nothing";
  else badge.textContent = met === number ? `✓ All ${number} expectations met` : `✗ ${number - met} of ${number} expectations NOT MET`;
  badge.classList.add(!summary.complete || met < number ? "bad" : "good");
}

function fillTables() {
  verdictBadge();
  resultsTable();
  const theory = comparisons({ ...summary, expect: [] }).length > 0;
  $("results-note").textContent = theory ? "" : "The summary has no prediction of theory for this model.";
  $("tables").append(...tablesOf(summary, "", ""));
  const origin = Object.entries(summary).filter(([key, value]) => value !== null && isScalar(value) && !["model_text", "model_resolved"].includes(key));
  $("origin").append(...pairTable(origin.map(([key, value]) => [[key], `/${key}`, value])).children);
}
