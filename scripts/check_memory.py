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
        return (inside / self.size - (everything - inside) / (self.neurons - self.size)) / (stop - start) * 1000.0

    def foreground(self, pattern, start, stop):
        return self.counts(start, stop)[0][pattern] / self.size[pattern] / (stop - start) * 1000.0


def tiles(start, end, length, step):
    """Whole windows that begin at start, start + step, ... and end by end."""
    found = []
    while start + len(found) * step + length <= end + 1e-9 * length:
        begin = start + len(found) * step
        found.append((begin, begin + length))
    return found


def standing_out(m, above, share):
    """The pattern, from 1, whose overlap is above `above`, with every other below `share` of it; 0 if there is none."""
    best = int(np.argmax(m))
    others = np.delete(m, best)
    return best + 1 if m[best] > above and (others < share * m[best]).all() else 0


def epochs(file, population):
    """(start, end, patterns shown to the population, whether anything is) of every epoch."""
    group = file["protocol"]
    for start, end, text in zip(group["start"][:], group["end"][:], group["show"].asstr()[:]):
        shown = [s for s in json.loads(text) if s.get("population", population) == population]
        yield start, end, [s["pattern"] for s in shown if s.get("pattern")], bool(shown)


def cues(protocol):
    """(onset, offset, until, pattern from 1) of every epoch in which one pattern is shown, and none before it."""
    end = protocol[-1][1]
    for k, (onset, _, patterns, _) in enumerate(protocol):
        if len(patterns) != 1 or (k > 0 and protocol[k - 1][2] == patterns):
            continue
        later = protocol[k + 1 :]
        offset = next((e[0] for e in later if not e[3]), end)
        interrupted = [e[0] for e in later if e[0] < offset and e[2] != patterns]
        following = [e[0] for e in later if e[0] >= offset and e[3]]
        until = (interrupted + following + [end])[0]
        yield onset, min(offset, until), until, patterns[0]


def judge(population, cue, criterion):
    """What became of one cue."""
    onset, offset, until, pattern = cue
    above, share, length = criterion["above_hz"], criterion["others_below"], criterion["window_ms"]
    held = tiles(onset + criterion["within_ms"], until, length, length)
    m = np.array([population.overlaps(*window) for window in held])
    found = {"pattern": pattern, "windows": len(held)}
    rising = tiles(onset, until, length, length / 10)
    stands = (stop for start, stop in rising if standing_out(population.overlaps(start, stop), above, share) == pattern)
    stop = next(stands, None)
    found["retrieval_ms"] = None if stop is None else stop - onset
    alone = [k for k, w in enumerate(held) if w[0] >= onset + criterion["others_within_ms"] - 1e-9 * length]
    if not alone:
        return found | {"held": None, "outcome": "not judged"}
    cued, others = m[:, pattern - 1], np.delete(m, pattern - 1, axis=1).max(axis=1)
    with np.errstate(divide="ignore"):
        of_cued = np.where(others > 0, others / np.maximum(cued, 0), 0.0)
    holds = standing_out(m[-1], above, share)
    good = bool((cued > above).all() and (of_cued[alone] < share).all())
    largest = int(np.argmax(m[-1])) + 1 if m[-1].max() > above else 0
    if good:
        outcome = "held"
    elif pattern in (holds, largest if not holds else 0):
        outcome = "weak"
    elif holds:
        outcome = "replaced"
    elif largest:
        outcome = "confused"
    else:
        outcome = "not retrieved" if stop is None else "lost"
    nearest = of_cued[alone].max()
    return found | {
        "held": good,
        "outcome": outcome,
        "holds": holds or None,
        "overlap_hz": cued.mean(),
        "least_hz": cued.min(),
        "other_of_cued": nearest if np.isfinite(nearest) else None,
        "delay": (max(offset, onset + criterion["within_ms"]), until) if good else None,
    }


def memory(file, name, criterion, lead=np.inf):
    """What the recording says of the cues before `lead` ms."""
    population = Population(file, name)
    everything = list(epochs(file, name))
    shown = [e[0] for e in everything if e[3]]
    quiet = tiles(0.0, shown[0] if shown else everything[-1][1], criterion["window_ms"], criterion["window_ms"])
    largest = max((np.abs(population.overlaps(*w)).max() for w in quiet), default=None)
    protocol = [e for e in everything if e[0] < lead]
    found = [judge(population, cue, criterion) for cue in cues(protocol)] if protocol else []
    delays = [(c["pattern"] - 1, *c["delay"]) for c in found if c.get("delay")]
    time = sum(end - start for _, start, end in delays)
    spikes = sum(population.foreground(*delay) * (delay[2] - delay[1]) for delay in delays)
    return {"cues": found, "spontaneous_hz": largest, "delay_rate_hz": spikes / time if time else None}


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

    def memory(self, what, found, expected, cues=True):
        for key in ("spontaneous_hz", "delay_rate_hz"):
            told = found[key]
            value = expected[key]
            self.same(f"{what} {key}", None if told is None else abs(told), None if value is None else abs(float(value)))
        self.same(f"{what} cues", len(found["cues"]), len(expected["cues"]))
        for number, (told, cue) in enumerate(zip(found["cues"], expected["cues"]), start=1):
            for key in cue.keys() - {"delay"}:
                value = cue[key]
                value = float(value) if isinstance(value, np.floating) else value
                self.same(f"{what} cue {number} {key}", told[key], value)


def check(path, summary):
    """Compares the summary of a recording without a task with what follows from its spikes."""
    comparison = Comparison()
    with h5py.File(path) as file:
        for name, told in summary["memories"].items():
            comparison.memory(name, told, memory(file, name, told["criterion"]))
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
    comparison.same(f"run {row + 1} held", told("held"), float(np.mean(judged)))
    comparison.same(f"run {row + 1} cues", told("cues"), float(len(judged)))
    rate = expected["delay_rate_hz"]
    comparison.same(f"run {row + 1} delay rate", told(f"delay_rate_hz.{name}"), None if rate is None else float(rate))
    for number, cue in enumerate(expected["cues"], start=1):
        for key in ("held", "overlap_hz", "least_hz", "other_of_cued", "retrieval_ms", "pattern", "holds"):
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
