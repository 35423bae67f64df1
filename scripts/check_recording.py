"""Recomputes rates, overlaps and CVs of a recording from its raw spikes, with h5py and numpy alone.

Usage: check_recording.py RECORDING.h5 [SUMMARY.json]

The summary is the output of `attractor info --json`. Prints what was compared; exits with 1 if
anything differs by more than rounding.
"""

import json
import sys

import h5py
import numpy as np

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


def delays(protocol, until, population):
    """(start, end, pattern) of delay activity: from 300 ms after the onset of a cue of one pattern, once
    nothing is shown, to the next stimulus."""
    found = []
    shown = [
        [s for s in json.loads(text) if s.get("population", population) == population]
        for text in protocol["show"].asstr()[:]
    ]
    start, end = protocol["start"][:], protocol["end"][:]
    for k, show in enumerate(shown):
        patterns = [s["pattern"] for s in show if "pattern" in s]
        if len(patterns) != 1 or k + 1 == len(shown) or shown[k + 1]:
            continue
        later = [start[j] for j in range(k + 1, len(shown)) if shown[j]]
        stop = later[0] if later else until
        found.append((max(end[k], start[k] + 300.0), stop, patterns[0] - 1))
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
                rate = len(times) / neurons / (until / 1000.0)
                comparison.close(f"{name} mean rate", summary["rates_hz"][name], rate)
                cvs = cv_by_neuron(times, ids, neurons)
                if cvs:
                    comparison.close(f"{name} CV", summary["cv_isi"][name], np.mean(cvs))

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
                    check_delays(comparison, name, summary, delays(protocol, until, name), xi, times, ids, interval)
    return comparison.failed


def check_delays(comparison, name, summary, stretches, xi, times, ids, interval):
    cvs, spikes, seconds = [], 0.0, 0.0
    for start, end, pattern in stretches:
        inside = (times >= start) & (times < end) & (xi[pattern][ids] == 1)
        cvs += cv_by_neuron(times[inside], ids[inside], xi.shape[1])
        # The reference rate is a mean over whole intervals.
        first, last = np.ceil(start / interval - 1e-6), np.floor(end / interval + 1e-6)
        whole = (times >= first * interval) & (times < last * interval) & (xi[pattern][ids] == 1)
        spikes += whole.sum() / xi[pattern].sum()
        seconds += (last - first) * interval / 1000.0
    if cvs:
        comparison.close(f"{name} CV in delays", summary["cv_isi_delay"][name], np.mean(cvs))
    if seconds and spikes:
        comparison.close(f"{name} rate in delays", summary["delay_rate_hz"][name], spikes / seconds)


if __name__ == "__main__":
    if len(sys.argv) not in (2, 3):
        sys.exit(__doc__)
    with_summary = json.load(open(sys.argv[2])) if len(sys.argv) == 3 else None
    sys.exit(1 if check(sys.argv[1], with_summary) else 0)
