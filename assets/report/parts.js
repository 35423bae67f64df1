// Parts of the recording: epochs and trials, to step through, and what is known of each.

class Parts {
  constructor(view, player) {
    this.view = view;
    this.player = player;
    this.select = $("part");
    this.list = Parts.all(view.end);
    $("wrong-only").hidden = !this.list.some((part) => part.wrong !== undefined);
    this.fill();
    this.select.addEventListener("change", () => this.go());
    $("wrong").addEventListener("change", () => this.fill());
    $("part-before").addEventListener("click", () => this.step(-1));
    $("part-after").addEventListener("click", () => this.step(1));
    // Where states relax, time between trials is empty: the strip chooses a part.
    if (!SPIKES && data.trials) view.jump = (at) => this.choose(this.listed.findLast((part) => part.from <= at) ?? this.listed[0]);
    const first = this.list.find((part) => part.trial !== undefined);
    this.choose(first && (SPIKES || this.list[0] === first) ? first : this.list[0]);
  }

  static all(end) {
    const { trials, protocol, looks } = data, parts = [];
    const begin = trials?.start.length ? trials.start[0] : Infinity;
    const epochs = protocol.filter((epoch) => epoch.start < begin), relaxes = trials && !SPIKES;
    const last = epochs.at(-1), until = relaxes ? (last?.end ?? 0) : end;
    if (until > 0) parts.push({ label: relaxes ? "the protocol" : "the whole recording", from: 0, to: until, looks: looks && [0, relaxes ? last.looks.end : looks.number] });
    for (const epoch of epochs) parts.push({ label: epoch.name, from: epoch.start, to: epoch.end, epoch, looks: epoch.looks && [epoch.looks.start, epoch.looks.end] });
    trials?.start.forEach((from, k) => {
      const of = (name) => trials.columns[name]?.[k], good = of("correct") ?? of("exact"), range = trials.looks[k];
      const length = range ? Math.max(Looks.time[range.end - 1] - from, Looks.interval) : trials.end[k] - from;
      parts.push({ label: `trial ${of("trial") ?? k + 1}${good === false ? " ✗" : ""}`, from, to: from + length, trial: k, wrong: good === undefined ? undefined : !good, looks: range && [range.start, range.end] });
    });
    return parts.length ? parts : [{ label: "the whole recording", from: 0, to: end }];
  }

  fill() {
    const chosen = this.chosen, wrong = $("wrong").checked;
    this.listed = this.list.filter((part) => !wrong || part.wrong !== false);
    this.select.replaceChildren(...this.listed.map((part, k) => element("option", part.label, { value: k })));
    if (chosen) this.choose(this.listed.includes(chosen) ? chosen : this.listed[0]);
  }

  step(by) {
    const next = Number(this.select.value) + by;
    if (this.listed[next]) this.choose(this.listed[next]);
  }

  choose(part) {
    this.select.value = this.listed.indexOf(part);
    this.go();
  }

  go() {
    const part = this.chosen = this.listed[Number(this.select.value)];
    this.view.show(part.from, part.to, part.trial === undefined ? "" : part.label.replace(" ✗", ""));
    if (part.looks) this.player.choose(...part.looks);
    $("card").replaceChildren(...this.card(part));
    $("part-before").disabled = part === this.listed[0];
    $("part-after").disabled = part === this.listed.at(-1);
  }

  // What is known of a part: its events, and what was drawn for it and found in it.
  card(part) {
    const made = [];
    const time = (t) => `${Number((SPIKES ? t : t / UNIT.length).toFixed(3))}`;
    if (part.trial !== undefined) {
      const events = element("p", null, { class: "events" });
      for (const epoch of data.protocol.filter((e) => e.start >= part.from - 1e-6 && e.end <= data.trials.end[part.trial] + 1e-6)) {
        const event = element("span", `${time(epoch.start - part.from)} ${data.clock}: ${[epoch.name, ...epoch.show.map(Protocol.words)].join(", ")}`);
        if (epoch.show.length) event.style.borderColor = Protocol.colour(epoch, this.view.populations);
        events.append(event);
      }
      const heading = element("h3", `${part.label.replace(" ✗", "")} of ${data.trials.of} `), of = (name) => data.trials.columns[name]?.[part.trial];
      if (part.wrong !== undefined) heading.append(element("span", part.wrong ? `✗ ${of("failure") || of("outcome") || "wrong"}` : "✓ went right", { class: part.wrong ? "bad" : "good" }));
      made.push(heading, ...(events.children.length ? [events] : []));
      const columns = Object.entries(data.trials.columns).filter(([name]) => !["trial", "seed"].includes(name));
      made.push(Parts.terms(columns.map(([name, values]) => [Words.label(name), values[part.trial]])));
    } else if (part.epoch) {
      // Names may stand for several epochs; no two begin at one time.
      const of = ({ name, start_ms, start }) => name === part.epoch.name && (start_ms ?? start) === part.epoch.start;
      const found = Object.values({ ...summary, ...(summary.states ?? {}) }).filter(isTable).flat().filter(of);
      made.push(element("h3", part.epoch.name));
      const words = found.flatMap((entry) => leaves(entry)).map(([keys, , value]) => [keys.map(Words.label).join(" "), value]);
      const shown = part.epoch.show.map(Protocol.words).join("; ");
      made.push(Parts.terms([...new Map([["shown", shown || "nothing"], ...words]).entries()]));
    }
    return made;
  }

  static terms(pairs) {
    const list = element("dl");
    for (const [term, value] of pairs) {
      const text = typeof value === "number" ? Words.number(value) : typeof value === "boolean" ? (value ? "yes" : "no") : value || "–";
      const row = element("div");
      row.append(element("dt", term), element("dd", text));
      list.append(row);
    }
    return list;
  }
}
