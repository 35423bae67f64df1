// Tables from the summary, whatever keys it has: every number stands beside the path to it.

const Words = {
  // A number to six digits, with thin spaces between thousands.
  number(value) {
    const [, digits, rest] = /^(-?\d+)(.*)$/.exec(String(Number.isSafeInteger(value) ? value : Number(value.toPrecision(6))));
    return digits.replace(/\B(?=(\d{3})+$)/g, "\u202f").replace("-", "\u2212") + rest.replace("e-", "e\u2212");
  },
  units: { hz: "Hz", ms: "ms", mv: "mV", mb: "MB", s: "s" },
  short: { cv: "CV of", isi: "ISI", auc: "AUC", sem: "s.e.", rss: "memory", p: "p" },
  // A key in words: rates_hz is "rates (Hz)".
  label(key) {
    const parts = String(key).split("_"), unit = parts.length > 1 && Words.units[parts.at(-1)];
    if (unit && parts.at(-2) === "per") return `${Words.label(parts.slice(0, -2).join("_"))} per ${unit}`;
    const words = (unit ? parts.slice(0, -1) : parts).map((word) => Words.short[word] ?? word).join(" ");
    return unit ? `${words} (${unit})` : words;
  },
};

const isScalar = (value) => value === null || typeof value !== "object";
const isFlat = (value) => !isScalar(value) && !Array.isArray(value) && Object.keys(value).length > 0 && Object.values(value).every(isScalar);
const isTable = (value) => Array.isArray(value) && value.length > 0 && value.every((row) => !isScalar(row));

function element(tag, text, attributes = {}) {
  const made = document.createElement(tag);
  if (text !== undefined && text !== null) made.textContent = text;
  for (const [name, value] of Object.entries(attributes)) made.setAttribute(name, value);
  return made;
}

// A cell with what stands at `path` in the summary.
function cell(value, path, tag = "td") {
  const made = element(tag, null, { "data-path": path });
  if (typeof value === "number") {
    made.className = "number";
    made.textContent = Words.number(value);
    made.title = String(value);
    made.dataset.value = String(value);
  } else if (typeof value === "boolean") {
    made.textContent = value ? "yes" : "no";
  } else made.textContent = value === null || value === "" ? "–" : value;
  return made;
}

function header(names, numeric = () => false) {
  const row = element("tr");
  names.forEach((name, k) => row.append(element("th", name, numeric(k) ? { class: "number" } : {})));
  return row;
}

// All scalars within a value: [words, path, value].
function leaves(value, words = [], path = "") {
  if (isScalar(value)) return [[words, path, value]];
  return Object.entries(value).flatMap(([key, inner]) => {
    const single = Array.isArray(value) && value.length === 1;
    return leaves(inner, single ? words : [...words, Array.isArray(value) ? String(Number(key) + 1) : key], `${path}/${key.replaceAll("~", "~0").replaceAll("/", "~1")}`);
  });
}

// One row per member of a list, one column per scalar in any of them.
function listTable(list, path, names) {
  const rows = list.map((row, k) => leaves(row, [], `${path}/${names ? names[k] : k}`));
  const columns = [...new Set(rows.flatMap((row) => row.map(([words]) => words.join(" "))))];
  const label = (column) => column.split(" ").map(Words.label).join(" ");
  const numeric = (column) => rows.some((row) => row.some(([words, , value]) => words.join(" ") === column && typeof value === "number"));
  const table = element("table");
  table.append(header([...(names ? [""] : []), ...columns.map(label)], (k) => numeric(columns[k - (names ? 1 : 0)])));
  rows.forEach((row, k) => {
    const tr = element("tr"), by = new Map(row.map(([words, at, value]) => [words.join(" "), [value, at]]));
    if (names) tr.append(element("td", names[k]));
    for (const column of columns) tr.append(by.has(column) ? cell(...by.get(column)) : element("td", ""));
    table.append(tr);
  });
  return table;
}

function pairTable(pairs) {
  const table = element("table");
  for (const [words, path, value] of pairs) {
    const row = element("tr");
    row.append(element("th", words.map(Words.label).join(" ")), cell(value, path));
    table.append(row);
  }
  return table;
}

function titled(title, table) {
  const part = element("div", null, { class: "wide" });
  if (title) part.append(element("h3", title));
  part.append(table);
  return part;
}

// Values of every population, which stand side by side.
const ofPopulations = (value) => isFlat(value) && Object.keys(value).every((key) => data.populations.some((population) => population.name === key));

// Tables of everything within `object`, one after another.
function tablesOf(object, path, title) {
  const made = [], entries = Object.entries(object);
  const name = (key) => [title, Words.label(key)].filter(Boolean).join(": ");
  const scalars = entries.filter(([, value]) => isScalar(value));
  if (scalars.length && path) made.push(titled(title, pairTable(scalars.map(([key, value]) => [[key], `${path}/${key}`, value]))));
  const maps = entries.filter(([, value]) => ofPopulations(value));
  if (maps.length) made.push(titled(title || "by population", mapTable(maps, path)));
  const flats = entries.filter(([, value]) => isFlat(value) && !ofPopulations(value));
  if (flats.length) made.push(titled(title, listTable(flats.map(([, value]) => value), path, flats.map(([key]) => key))));
  for (const [key, value] of entries) {
    if (isScalar(value) || isFlat(value) || leaves(value).length === 0) continue;
    if (isTable(value)) made.push(titled(name(key), listTable(value, `${path}/${key}`)));
    else if (Array.isArray(value)) made.push(titled(name(key), pairTable(leaves(value, [], `${path}/${key}`))));
    else made.push(...tablesOf(value, `${path}/${key}`, name(key)));
  }
  return made;
}

function mapTable(maps, path) {
  const rows = [...new Set(maps.flatMap(([, map]) => Object.keys(map)))], table = element("table");
  table.append(header(["", ...maps.map(([key]) => Words.label(key))], (k) => k > 0));
  for (const row of rows) {
    const tr = element("tr");
    tr.append(element("td", row));
    for (const [key, map] of maps) tr.append(row in map ? cell(map[row], `${path}/${key}/${row}`) : element("td", ""));
    table.append(tr);
  }
  return table;
}
