"""Recomputes from raw spikes what a recording, or every run of a sweep, says of its cues; h5py and numpy alone.

Usage: check_memory.py RECORDING.h5 SUMMARY.json
       check_memory.py SWEEP.h5 FOLDER      (FOLDER: the recordings of `attractor sweep --keep`)

The summary is the output of `attractor info --json`. Prints what was compared; exits with 1 if anything differs.
The definitions are those of docs/tasks-and-analyses.md.
"""

import json
import sys
from pathlib import Path

import h5py
import numpy as np

STANDARD = {"above_hz": 10.0, "within_ms": 300.0, "others_below": 0.5, "others_within_ms": 500.0, "window_ms": 100.0}


class Population:
    """The spikes and patterns of a population."""

    def __init__(self, file, name):
        self.times = file[f"spikes/{name}/timestamps"][:]
        self.ids = file[f"spikes/{name}/node_ids"][:].astype(int)
        self.xi = file[f"patterns/{name}/xi"][:].astype(float)
        self.size = self.xi.sum(axis=1)
        self.neurons = self.xi.shape[1]

    def counts(self, start, stop):
        first, last = np.searchsorted(self.times, [start, stop], side="left")
        spikes = np.bincount(self.ids[first:last], minlength=self.neurons)
        return self.xi @ spikes, spikes.sum()

    def overlaps(self, start, stop):
        """Foreground minus background rate of every pattern in [start, stop), Hz."""
        inside, everything = self.counts(start, stop)
        with np.errstate(divide="ignore", invalid="ignore"):
            background = np.where(self.size < self.neurons, (everything - inside) / (self.neurons - self.size), 0.0)
            # NaN of a pattern without neurons.
            return (inside / self.size - background) / (stop - start) * 1000.0

    def foreground(self, pattern, start, stop):
        return self.counts(start, stop)[0][pattern] / self.size[pattern] / (stop - start) * 1000.0


def tiles(start, end, length, step):
    """Whole windows that begin at start, start + step, ... and end by end."""
    found = []
    while start + len(found) * step + length <= end + 1e-9 * length:
        begin = start + len(found) * step
        found.append((begin, begin + length))
    return found


def cover(start, end, length):
    """The same one after another, and the window that ends at end; nothing if there is no whole window."""
    found = tiles(start, end, length, length)
    if found and found[-1][1] < end - 1e-9 * length:
        found.append((end - length, end))
    return found


def standing_out(m, above, share):
    """The pattern, from 1, whose overlap is above `above`, with every other below `share` of it; 0 if there is none."""
    if np.isnan(m).all():
        return 0
    best = int(np.nanargmax(m))
    others = np.delete(m, best)
    others = others[~np.isnan(others)]
    return best + 1 if m[best] > above and (others < share * m[best]).all() else 0


def epochs(file, population, holders):
    """(start, end, patterns shown to the population, whether anything is that concerns it, whether anything is)."""
    group = file["protocol"]
    for start, end, text in zip(group["start"][:], group["end"][:], group["show"].asstr()[:]):
        everything = json.loads(text)
        of = [s.get("population") or (population if len(holders) == 1 else None) for s in everything]
        shown = [s for s, name in zip(everything, of) if name == population or (name and name not in holders)]
        patterns = sorted({s["pattern"] for s in shown if s.get("pattern")})
        yield start, end, patterns, bool(shown), bool(everything)


def cues(protocol):
    """(onset, offset, until, pattern from 1) of every epoch in which one pattern is shown, and not before it."""
    end = protocol[-1][1]
    for k, (onset, _, patterns, *_) in enumerate(protocol):
        if len(patterns) != 1 or (k > 0 and protocol[k - 1][2] == patterns):
            continue
        later = protocol[k + 1 :]
        offset = next((e[0] for e in later if not e[3]), end)
        interrupted = [e[0] for e in later if e[0] < offset and e[2] != patterns]
        following = [e[0] for e in later if e[0] >= offset and e[3]]
        until = (interrupted + following + [end])[0]
        yield onset, min(offset, until), until, patterns[0]


def first_largest(values):
    """Index of the largest number, of equals the first."""
    return int(np.nanargmax(values))


def judge(population, cue, criterion):
    """What became of one cue."""
    onset, offset, until, pattern = cue
    above, share, length = criterion["above_hz"], criterion["others_below"], criterion["window_ms"]
    start = max(offset, onset + criterion["within_ms"])
    held = cover(start, until, length)
    beside = cover(max(offset, onset + criterion["others_within_ms"]), until, length)
    found = {"pattern": pattern, "windows": len(held), "held": None, "outcome": "not judged", "retrieval_ms": None}
    found |= dict.fromkeys(("overlap_hz", "least_hz", "least_ms", "last_hz", "other", "other_hz", "other_ms", "other_of_cued"))
    found["holds"] = None
    if start < until:
        found["overlap_hz"] = population.overlaps(start, until)[pattern - 1]
    if not held:
        return found
    m = np.array([population.overlaps(*window) for window in held])
    cued = m[:, pattern - 1]
    rising = [(w, standing_out(population.overlaps(*w), above, share) == pattern) for w in tiles(onset, until, length, length / 10)]
    outlives = any(stands for window, stands in rising if window[0] >= offset)
    if outlives:
        found["retrieval_ms"] = next(window[1] for window, stands in rising if stands) - onset
    found |= {"least_hz": cued.min(), "least_ms": held[int(np.argmin(cued))][0], "last_hz": cued[-1]}
    of_cued = []
    for window in beside:
        now = population.overlaps(*window)
        others = np.delete(now, pattern - 1)
        if np.isnan(others).all():
            continue
        best = first_largest(others)
        ratio = 0.0
        if others[best] > 0:
            ratio = others[best] / now[pattern - 1] if now[pattern - 1] > 0 else np.inf
        of_cued.append((ratio, best + 1 + (best + 1 >= pattern), others[best], window[0]))
    crowded = False
    if of_cued:
        nearest = of_cued[int(np.argmax([o[0] for o in of_cued]))]
        crowded = nearest[0] >= share
        found |= {"other_of_cued": nearest[0], "other": nearest[1], "other_hz": nearest[2], "other_ms": nearest[3]}
    weak = (cued <= above).any()
    single = np.isnan(np.delete(m, pattern - 1, axis=1)).all()
    holds = standing_out(m[-1], above, share)
    found["holds"] = holds or None
    largest = first_largest(m[-1]) + 1
    largest = pattern if m[-1][largest - 1] == cued[-1] else largest
    strong = m[-1][largest - 1] > above
    if not weak and not crowded and not beside and not single:
        return found
    found["held"] = not weak and not crowded
    if found["held"]:
        found["outcome"] = "held"
    elif holds == pattern or (not holds and strong and largest == pattern):
        found["outcome"] = "weak"
    elif holds:
        found["outcome"] = "replaced"
    elif strong:
        found["outcome"] = "confused"
    else:
        found["outcome"] = "lost" if outlives else "not retrieved"
    return found | {"delay": (start, until) if found["held"] else None}


def lead(file):
    """When the trials begin; infinite without trials."""
    return file["trials/start_ms"][0] if "trials" in file and "start_ms" in file["trials"] else np.inf


def memory(file, name, criterion):
    """What the recording says of the cues before its trials."""
    population = Population(file, name)
    holders = list(file["patterns"])
    everything = list(epochs(file, name, holders))
    shown = [e[0] for e in everything if e[4]]
    quiet = cover(0.0, shown[0] if shown else everything[-1][1], criterion["window_ms"])
    largest = max((np.nanmax(np.abs(population.overlaps(*w))) for w in quiet), default=None)
    protocol = [e for e in everything if e[0] < lead(file)]
    found = [judge(population, cue, criterion) for cue in cues(protocol)] if protocol else []
    delays = [(c["pattern"] - 1, *c["delay"]) for c in found if c.get("delay")]
    time = sum(end - start for _, start, end in delays)
    spikes = sum(population.foreground(*delay) * (delay[2] - delay[1]) for delay in delays)
    halves = [(0.5 * (e[0] + e[1]), e[1]) for e in protocol]
    halves = [population.overlaps(*half) for half in halves]
    return {
        "cues": found,
        "spontaneous_hz": largest,
        "delay_rate_hz": spikes / time if time else None,
        "epochs": [(standing_out(m, criterion["above_hz"], criterion["others_below"]), np.nanmax(m)) for m in halves],
    }


class Comparison:
    def __init__(self):
        self.failed = self.number = 0

    def same(self, what, found, expected):
        self.number += 1
        number = isinstance(expected, float | np.floating) and isinstance(found, int | float)
        good = np.isclose(found, expected, rtol=1e-9, atol=1e-9) if number else found == expected
        if not good:
            self.failed += 1
            print(f"BAD {what}: found {found}, expected {expected}")

    def memory(self, what, found, expected, with_delays):
        keys = ("spontaneous_hz", "delay_rate_hz") if with_delays else ("spontaneous_hz",)
        for key in keys:
            value = expected[key]
            self.same(f"{what} {key}", found[key], None if value is None else float(value))
        self.same(f"{what} cues", len(found["cues"]), len(expected["cues"]))
        judged = [cue["held"] for cue in expected["cues"] if cue["held"] is not None]
        self.same(f"{what} number of cues held", found["held"]["number"], sum(judged))
        self.same(f"{what} cues judged", found["held"]["of"], len(judged))
        for number, (told, cue) in enumerate(zip(found["cues"], expected["cues"]), start=1):
            for key in cue.keys() - {"delay"}:
                value = cue[key]
                value = float(value) if isinstance(value, np.floating) else value
                value = None if value is not None and not isinstance(value, str) and not np.isfinite(value) else value
                self.same(f"{what} cue {number} {key}", told[key], value)


def check(path, summary):
    """Compares the summary of a recording with what follows from its spikes; in a task what was before the trials."""
    comparison = Comparison()
    with h5py.File(path) as file:
        for name, told in summary["memories"].items():
            expected = memory(file, name, told["criterion"])
            # In a task the delays are those of its trials, which check_trials.py looks at.
            comparison.memory(name, told, expected, "trials" not in file)
            for epoch, (holds, largest) in zip(summary["epochs"], expected["epochs"]):
                own = next(m for m in epoch["memories"] if m["population"] == name)
                comparison.same(f"{name} {epoch['name']} retrieved", own["retrieved"], holds or None)
                comparison.same(f"{name} {epoch['name']} overlap", own["overlap_hz"], float(largest))
    print(f"{'ok ' if not comparison.failed else 'BAD'} {path}: {comparison.number} statements about cues follow from the spikes")
    return comparison.failed


def check_sweep(path, folder, criterion=STANDARD):
    """Compares every run of a sweep with its recording; the criterion is that of its model."""
    comparison = Comparison()
    with h5py.File(path) as table:
        runs = {name: column[:] for name, column in table["runs"].items()}
        for row, run in enumerate(runs["run"]):
            with h5py.File(Path(folder) / f"run-{run:04}.h5") as file:
                for name in file["patterns"]:
                    compare_row(comparison, runs, row, name, memory(file, name, criterion))
    print(f"{'ok ' if not comparison.failed else 'BAD'} {path}: {comparison.number} columns of runs follow from their spikes")
    return comparison.failed


def compare_row(comparison, runs, row, name, expected):
    def told(column):
        value = float(runs[column][row])
        return None if np.isnan(value) else value

    judged = [c["held"] for c in expected["cues"] if c["held"] is not None]
    comparison.same(f"run {row + 1} cues held", told("cues_held"), float(np.mean(judged)) if judged else None)
    comparison.same(f"run {row + 1} cues", told("cues"), float(len(judged)))
    for key in ("delay_rate_hz", "spontaneous_hz"):
        value = expected[key]
        comparison.same(f"run {row + 1} {key}", told(f"{key}.{name}"), None if value is None else float(value))
    columns = ("held", "overlap_hz", "least_hz", "other_hz", "other_of_cued", "retrieval_ms", "pattern", "holds")
    for number, cue in enumerate(expected["cues"], start=1):
        for key in columns:
            value = cue[key]
            value = 0.0 if key == "holds" and value is None else value
            value = None if value is None else float(value)
            comparison.same(f"run {row + 1} cue {number} {key}", told(f"cue_{number}.{name}.{key}"), value)


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    if Path(sys.argv[2]).is_dir():
        sys.exit(1 if check_sweep(sys.argv[1], sys.argv[2]) else 0)
    sys.exit(1 if check(sys.argv[1], json.load(open(sys.argv[2]))) else 0)
