"""Recomputes rates, overlaps and CVs of a recording from its raw spikes, with h5py and numpy alone.

Usage: check_recording.py RECORDING.h5 [SUMMARY.json]

The summary is the output of `attractor info --json`. Prints what was compared; exits with 1 if
anything differs by more than rounding.
"""

import json
import sys

import h5py
import numpy as np

import check_memory

# Sums of some 1e4 terms in another order differ by a few 1e-13 of the result.
ROUNDING = 1e-9


class Comparison:
    def __init__(self):
        self.failed = 0

    def close(self, what, found, expected):
        found, expected = np.asarray(found, float), np.asarray(expected, float)
        same = found.shape == expected.shape
        worst = np.max(np.abs(found - expected), initial=0.0) if same else np.inf
        scale = max(1.0, np.max(np.abs(expected), initial=0.0))
        good = worst <= ROUNDING * scale
        self.failed += not good
        print(f"{'ok ' if good else 'BAD'} {what}: {expected.size} values, largest difference {worst:.1e}")


def counts_per_interval(times, weights, interval, number):
    """Sum of `weights` of the spikes in [k h, (k+1) h), for k = 0 .. number - 1."""
    edges = np.arange(number + 1) * interval
    first = np.searchsorted(times, edges, side="left")
    running = np.concatenate([[0.0], np.cumsum(weights)])
    return np.diff(running[first])


def cv_by_neuron(times, ids, neurons):
    """CV of the intervals of every neuron that has at least five."""
    order = np.lexsort((times, ids))
    times, ids = times[order], ids[order]
    starts = np.searchsorted(ids, np.arange(neurons + 1))
    cvs = []
    for first, last in zip(starts[:-1], starts[1:]):
        intervals = np.diff(times[first:last])
        if len(intervals) >= 5:
            cvs.append(intervals.std() / intervals.mean())
    return cvs


def kinds(protocol):
    """(kind, start, end) of the stretches of epochs of one kind: before anything is shown, while something is, after."""
    found, before = [], True
    for text, start, end in zip(protocol["show"].asstr()[:], protocol["start"][:], protocol["end"][:]):
        shown = json.loads(text) != []
        before = before and not shown
        kind = "shown" if shown else "spontaneous" if before else "delay"
        if found and found[-1][0] == kind:
            found[-1] = (kind, found[-1][1], end)
        else:
            found.append((kind, start, end))
    return found


def check(path, summary=None):
    comparison = Comparison()
    with h5py.File(path) as file:
        protocol = file["protocol"]
        until = protocol["end"][-1]
        for name in file["spikes"]:
            group = file["spikes"][name]
            times, ids = group["timestamps"][:], group["node_ids"][:].astype(int)
            neurons = int(group.attrs["neurons"])
            assert np.all((np.diff(times) > 0) | ((np.diff(times) == 0) & (np.diff(ids) > 0))), "order"
            assert times.size == 0 or (times[0] >= 0 and times[-1] < until)

            rates = file["rates"][name]
            interval = rates.attrs["interval_ms"]
            number = len(rates["rate"])
            counts = counts_per_interval(times, np.ones(len(times)), interval, number)
            per_second = 1000.0 / interval
            comparison.close(f"{name} rate", rates["rate"][:], counts / neurons * per_second)
            comparison.close(f"{name} time", rates["time"][:], (np.arange(number) + 0.5) * interval)

            if summary:
                kinds_of = {"spontaneous": [], "shown": [], "delay": []}
                rate = len(times) / neurons / (until / 1000.0)
                comparison.close(f"{name} mean rate", summary["rates_hz"][name], rate)
                for kind, start, end in kinds(protocol):
                    kinds_of[kind].append((start, end))
                for kind, stretches in kinds_of.items():
                    inside = [(times >= start) & (times < end) for start, end in stretches]
                    cvs = [cv for chosen in inside for cv in cv_by_neuron(times[chosen], ids[chosen], neurons)]
                    if cvs:
                        comparison.close(f"{name} CV, {kind}", summary["cv_isi"][name][kind], np.mean(cvs))

            if name in file["overlaps"]:
                xi = file["patterns"][name]["xi"][:].astype(float)
                inside = np.stack(
                    [counts_per_interval(times, row[ids], interval, number) for row in xi], axis=1
                )
                size = xi.sum(axis=1)
                foreground = inside / size * per_second
                background = (counts[:, None] - inside) / (neurons - size) * per_second
                comparison.close(f"{name} overlaps", file["overlaps"][name]["m"][:], foreground - background)
                if summary:
                    check_delays(comparison, summary["memories"][name], xi, times, ids)
    if summary:
        comparison.failed += check_memory.check(path, summary)
    return comparison.failed


def check_delays(comparison, memory, xi, times, ids):
    """The CV of the foregrounds that are held, from the end of their cue."""
    cvs = []
    for cue in memory["cues"]:
        if cue["held"]:
            start = max(cue["offset_ms"], cue["onset_ms"] + memory["criterion"]["within_ms"])
            inside = (times >= start) & (times < cue["until_ms"]) & (xi[cue["pattern"] - 1][ids] == 1)
            cvs += cv_by_neuron(times[inside], ids[inside], xi.shape[1])
    if cvs:
        comparison.close("CV of held foregrounds", memory["cv_isi_delay"], np.mean(cvs))


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    with_summary = json.load(open(sys.argv[2])) if len(sys.argv) == 3 else None
    sys.exit(1 if check(sys.argv[1], with_summary) else 0)
