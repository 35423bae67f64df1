"""Recomputes the analyses of spike trains over trials from the raw spikes of a recording, with numpy and with Elephant.

Usage: check_analysis.py RECORDING.h5 DIRECTORY

The directory holds what `attractor analyze RECORDING.h5 -o DIRECTORY` wrote. Prints what was compared; exits with 1 if
anything differs by more than rounding.
"""

import csv
import sys
import tomllib
from pathlib import Path

import elephant.statistics
import h5py
import neo
import numpy as np
import quantities as pq
from elephant.conversion import BinnedSpikeTrain
from elephant.spike_train_correlation import correlation_coefficient

from check_recording import ROUNDING, Comparison

# What the analyses take as too little to tell.
LEAST_INTERVALS, LEAST_TRIALS, LEAST_SPIKES = 5, 5, 5
# How many neurons are compared with Elephant, which is slow.
WITH_ELEPHANT = 40


class Nullable(Comparison):
    """Compares values some of which may be missing: they must be missing on both sides."""

    def close(self, what, found, expected):
        found, expected = np.asarray(found, float), np.asarray(expected, float)
        if found.shape != expected.shape or not np.array_equal(np.isnan(found), np.isnan(expected)):
            self.failed += 1
            print(f"BAD {what}: {found.shape} and {expected.shape} values, or other ones are missing")
            return
        there = ~np.isnan(expected)
        super().close(what, found[there], expected[there])

    def same(self, what, found, expected):
        good = np.array_equal(found, expected)
        self.failed += not good
        print(f"{'ok ' if good else 'BAD'} {what}: {len(expected)} equal")


def read_table(path):
    """Columns by name: floats (NaN where empty) where all cells are numbers, else text."""
    with open(path, newline="") as file:
        names, *rows = csv.reader(file)
    table = {}
    for name, cells in zip(names, zip(*rows) if rows else [()] * len(names)):
        try:
            table[name] = np.array([float(cell) if cell else np.nan for cell in cells])
        except ValueError:
            table[name] = np.array(cells)
        if name in ("group", "condition", "alignment", "quantity"):
            table[name] = np.array(cells, dtype=str)
    return table


class Trials:
    """The spikes of every trial, and what was shown in it."""

    def __init__(self, file):
        task = tomllib.loads(file["provenance"].attrs["model_resolved"])["task"]["delayed_match"]
        self.population = task.get("population", next(iter(file["patterns"])))
        self.column = {name: file["trials"][name][:] for name in file["trials"]}
        self.number = int(file["progress/trials"][0])
        spikes = file["spikes"][self.population]
        self.neurons = int(spikes.attrs["neurons"])
        times, ids = spikes["timestamps"][:], spikes["node_ids"][:].astype(int)
        first = np.searchsorted(times, self.column["start_ms"])
        last = np.searchsorted(times, self.column["end_ms"])
        self.spikes = [(times[a:b], ids[a:b]) for a, b in zip(first, last)][: self.number]
        self.sample = self.column["sample"][: self.number].astype(int) - 1
        held = self.column.get("held", np.ones(self.number))
        self.held = held[: self.number].astype(bool)
        self.xi = file["patterns"][self.population]["xi"][:].astype(bool)
        self.samples = np.unique(self.sample)
        # Trials that showed the same before the test.
        level = lambda name: name.endswith(("_hz", "_mv")) and name.startswith(("sample", "distractor"))
        names = [n for n in self.column if level(n) or n in ("left_out", "replaced")]
        shown = np.column_stack([self.sample] + [self.column[n][: self.number] for n in names])
        kinds, self.kind = np.unique(shown, axis=0, return_inverse=True)
        self.kind = self.kind.ravel()
        self.sample_of_kind = kinds[:, 0].astype(int)

    def window(self, k, start, stop):
        times, ids = self.spikes[k]
        inside = slice(*np.searchsorted(times, [start, stop]))
        return times[inside], ids[inside]

    def counts(self, start, stop):
        """Spikes in [start, stop) of every trial: trials x neurons."""
        rows = [self.window(k, start[k], stop[k])[1] for k in range(self.number)]
        return np.array([np.bincount(ids, minlength=self.neurons) for ids in rows])


def check_psth(comparison, trials, table):
    onsets = {"sample": "sample_ms", "delay": "delay_ms", "test": "test_ms"}
    keys = sorted(set(zip(table["alignment"], table["group"], table["condition"])))
    found, expected = {"rate_hz": [], "sem_hz": []}, {"rate_hz": [], "sem_hz": []}
    number, taken = [], []
    groups = [("background", ""), ("foreground", "")]
    groups += [(f"pattern {mu + 1}", c) for mu in trials.samples for c in ("other", "preferred")]
    comparison.same("rates around events are there", keys, sorted((a, *g) for a in onsets for g in groups))
    for alignment, group, condition in keys:
        rows = (table["alignment"] == alignment) & (table["group"] == group) & (table["condition"] == condition)
        edges = np.append(table["from_ms"][rows], table["to_ms"][rows][-1])
        assert np.array_equal(table["from_ms"][rows][1:], table["to_ms"][rows][:-1]), "bins follow one another"
        rates = []
        for k in range(trials.number):
            neurons = trials.xi[trials.sample[k]]
            if group == "background":
                neurons = ~neurons
            elif group.startswith("pattern"):
                pattern = int(group.split()[1]) - 1
                neurons = trials.xi[pattern]
                if (trials.sample[k] == pattern) != (condition == "preferred"):
                    continue
            times, ids = trials.spikes[k]
            at = np.searchsorted(times[neurons[ids]], trials.column[onsets[alignment]][k] + edges)
            rates.append(np.diff(at) / neurons.sum() / np.diff(edges) * 1000.0)
        number.append(table["trials"][rows][0])
        taken.append(len(rates))
        expected["rate_hz"].append(np.mean(rates, axis=0))
        expected["sem_hz"].append(np.std(rates, axis=0, ddof=1) / np.sqrt(len(rates)))
        for name in found:
            found[name].append(table[name][rows])
    comparison.same("trials of every rate around an event", number, taken)
    for name in found:
        comparison.close(f"{name} around events", np.concatenate(found[name]), np.concatenate(expected[name]))


def tuning(counts, sample, samples, duration):
    """Rates after every sample, and depth and index: across halves of the trials, and naive."""
    rates = np.array([counts[sample == mu].mean() if np.any(sample == mu) else np.nan for mu in samples])
    rates *= 1000.0 / duration
    usable = [mu for mu in samples if np.sum(sample == mu) >= 2]
    if len(usable) < 2:
        return rates, [np.nan] * 4
    halves = [np.array([counts[sample == mu][h::2].mean() for mu in usable]) for h in (0, 1)]
    preferred, others = [], []
    for chosen, measured in (halves, halves[::-1]):
        p = np.argmax(chosen)
        preferred.append(measured[p])
        others.append(np.delete(measured, p).mean())
    whole = np.array([counts[sample == mu].mean() for mu in usable])
    p = np.argmax(whole)
    values = []
    for r_p, r_o in ((np.mean(preferred), np.mean(others)), (whole[p], np.delete(whole, p).mean())):
        values += [1 - r_o / r_p if r_p > 0 else np.nan, (r_p - r_o) / (r_p + r_o) if r_p + r_o > 0 else np.nan]
    return rates, values


def check_neurons(comparison, trials, table, counts, duration):
    used = trials.held
    sample = trials.sample[used]
    rates, values = zip(*(tuning(counts[used, i], sample, trials.samples, duration) for i in range(trials.neurons)))
    comparison.close("mean delay rates", table["delay_hz"], counts[used].mean(axis=0) * 1000.0 / duration)
    for s, mu in enumerate(trials.samples):
        comparison.close(f"delay rates after sample {mu + 1}", table[f"after_{mu + 1}_hz"], np.array(rates)[:, s])
    for k, name in enumerate(("depth", "index", "naive_depth", "naive_index")):
        comparison.close(f"selectivity: {name}", table[name], np.array(values)[:, k])
    preferred = [0 if not np.any(r > 0) else trials.samples[np.nanargmax(r)] + 1 for r in rates]
    comparison.same("preferred samples", table["preferred"], preferred)
    start, onset = trials.column["start_ms"], trials.column["sample_ms"]
    if np.all(start < onset):
        before = trials.counts(start, onset)[used].mean(axis=0) * 1000.0 / (onset[0] - start[0])
        comparison.close("rates in fixation", table["fixation_hz"], before)


def cv2(trains):
    """Of the intervals of several trains."""
    pairs = [2 * np.abs(np.diff(i)) / (i[1:] + i[:-1]) for i in trains if len(i) > 1]
    pairs = np.concatenate(pairs) if pairs else np.array([])
    return pairs.mean() if len(pairs) >= LEAST_INTERVALS else np.nan


def intervals_by_neuron(trials, start, stop):
    """For every trial: neuron -> its interspike intervals in [start, stop)."""
    found = []
    for k in range(trials.number):
        times, ids = trials.window(k, start[k], stop[k])
        order = np.lexsort((times, ids))
        times, ids = times[order], ids[order]
        neurons, first = np.unique(ids, return_index=True)
        found.append({i: np.diff(train) for i, train in zip(neurons, np.split(times, first[1:]))})
    return found


def mean(values):
    values = [v for v in values if not np.isnan(v)]
    return np.mean(values) if values else np.nan


def check_delay(comparison, trials, table, counts, intervals, duration):
    """Irregularity and variability of every neuron; returns all intervals by group."""
    of_kind = [(mu, np.flatnonzero(trials.held & (trials.kind == k))) for k, mu in enumerate(trials.sample_of_kind)]
    everything = {}
    for group, wanted in (("foreground", True), ("background", False)):
        rows = table["group"] == group
        expected, pooled = {name: [] for name in ("neuron", "trials", "rate_hz", "intervals", "cv", "cv2", "fano")}, []
        for i in range(trials.neurons):
            cvs, cv2s, fanos, number, spikes, used = [], [], [], 0, 0, 0
            for mu, ks in of_kind:
                if trials.xi[mu, i] != wanted or len(ks) == 0:
                    continue
                trains = [intervals[k][i] for k in ks if i in intervals[k]]
                together = np.concatenate(trains) if trains else np.array([])
                pooled.append(together)
                cvs.append(together.std() / together.mean() if len(together) >= LEAST_INTERVALS else np.nan)
                cv2s.append(cv2(trains))
                n = counts[ks, i]
                enough = len(n) >= LEAST_TRIALS and n.sum() >= LEAST_SPIKES
                fanos.append(n.var(ddof=1) / n.mean() if enough else np.nan)
                number, spikes, used = number + len(together), spikes + n.sum(), used + len(n)
            if used:
                row = (i, used, spikes / used / duration * 1000.0, number, mean(cvs), mean(cv2s), mean(fanos))
                for name, value in zip(expected, row):
                    expected[name].append(value)
        for name, values in expected.items():
            comparison.close(f"{name} in delays, {group}", table[name][rows], values)
        everything[group] = np.concatenate(pooled) if pooled else np.array([])
    return everything


def check_histogram(comparison, what, table, group, values, counted, unit=""):
    """Counts between edges; a value that is an edge but for rounding may stand on either side of it."""
    rows = table["group"] == group
    edges, found = table[f"from{unit}"][rows], table[counted][rows]
    values = np.sort(np.asarray(values)[~np.isnan(values)])
    slack = ROUNDING * np.maximum(1.0, np.abs(edges))
    slack[np.isinf(edges)] = 0.0
    above = len(values) - np.searchsorted(values, edges - slack), len(values) - np.searchsorted(values, edges + slack)
    tail = np.cumsum(found[::-1])[::-1]
    good = np.all((tail <= above[0]) & (tail >= above[1])) and tail[0] == len(values)
    share = table["share"][rows]
    good &= len(values) == 0 or np.allclose(share, found / len(values), rtol=0, atol=ROUNDING)
    comparison.failed += not good
    print(f"{'ok ' if good else 'BAD'} {what} of {group}: {len(values)} values in {len(found)} bins")


def correlations(counts, kind):
    """Correlations of all pairs of what is left when the mean of every kind of trials is taken away, and of these
    means; counts are trials x neurons."""
    residual, means = counts.astype(float), []
    for k in np.unique(kind):
        means.append(counts[kind == k].mean(axis=0))
        residual[kind == k] -= means[-1]
    pairs = np.triu_indices(counts.shape[1], 1)

    def of(rows):
        rows = np.asarray(rows)
        if len(rows) < 2:
            return np.full(len(pairs[0]), np.nan)
        flat = np.ptp(rows, axis=0) < ROUNDING
        with np.errstate(invalid="ignore", divide="ignore"):
            r = np.atleast_2d(np.corrcoef(rows, rowvar=False))
        r[flat], r[:, flat] = np.nan, np.nan
        return r[pairs]

    return of(residual), of(means)


def check_overlaps(comparison, recording, trials, table):
    """The overlaps with the sample are those that were recorded in the trial."""
    with h5py.File(recording) as file:
        group = file["overlaps"][trials.population]
        m, centre = group["m"][:], group["time"][:]
    expected = []
    for k in range(trials.number):
        rows = (centre > trials.column["start_ms"][k]) & (centre < trials.column["end_ms"][k])
        expected.append(m[rows, trials.sample[k]])
    comparison.close("overlaps with the sample", table["sample_overlap_hz"], np.concatenate(expected))


def check_statistics(comparison, table, quantity, group, values):
    rows = (table["quantity"] == quantity) & (table["group"] == group)
    there = np.asarray(values)[~np.isnan(values)]
    missing, n = len(values) - len(there), len(there)
    quartiles = np.percentile(there, [25, 50, 75]) if n else [np.nan] * 3
    sem = there.std(ddof=1) / np.sqrt(n) if n > 1 else np.nan
    expected = [there.mean() if n else np.nan, sem, *quartiles]
    names = ("mean", "sem", "lower_quartile", "median", "upper_quartile")
    comparison.same(f"numbers of {quantity}, {group}", [table[c][rows][0] for c in ("values", "left_out")], [n, missing])
    comparison.close(f"statistics of {quantity}, {group}", [table[name][rows][0] for name in names], expected)


def check_elephant(comparison, trials, table, counts, start, stop):
    """The same from Elephant, for the neurons with most spikes in the foreground of one sample."""
    mu = trials.samples[0]
    ks = np.flatnonzero(trials.held & (trials.sample == mu))
    only = (trials.xi[mu]) & (trials.xi[trials.samples].sum(axis=0) == 1)
    neurons = [i for i in np.argsort(-counts[ks].sum(axis=0)) if only[i]][:WITH_ELEPHANT]
    rows = {i: np.flatnonzero((table["group"] == "foreground") & (table["neuron"] == i))[0] for i in neurons}
    found, expected = {"cv": [], "cv2": [], "fano": []}, {"cv": [], "cv2": [], "fano": []}
    duration = stop[0] - start[0]
    for i in neurons:
        trains = []
        for k in ks:
            times, ids = trials.window(k, start[k], stop[k])
            at = times[ids == i] - start[k]
            trains.append(neo.SpikeTrain(at, units="ms", t_start=0.0, t_stop=duration))
        isi = [elephant.statistics.isi(train).magnitude for train in trains]
        together = np.concatenate(isi)
        if len(together) < 2 * LEAST_INTERVALS + len(ks):
            continue
        pairs = [(len(x) - 1) * elephant.statistics.cv2(x) for x in isi if len(x) > 1]
        expected["cv"].append(elephant.statistics.cv(together))
        expected["cv2"].append(sum(pairs) / sum(len(x) - 1 for x in isi if len(x) > 1))
        # Elephant divides by n.
        enough = len(ks) >= LEAST_TRIALS
        fano = elephant.statistics.fanofactor(trains) * len(ks) / (len(ks) - 1) if enough else np.nan
        expected["fano"].append(fano)
        for name in found:
            found[name].append(table[name][rows[i]])
    for name in found:
        comparison.close(f"{name} of Elephant", found[name], expected[name])

    # One bin per trial.
    whole = []
    for i in neurons:
        at = [k * duration + (np.arange(n) + 0.5) * duration / n for k, n in enumerate(counts[ks, i])]
        whole.append(neo.SpikeTrain(np.concatenate(at), units="ms", t_start=0.0, t_stop=len(ks) * duration))
    binned = BinnedSpikeTrain(whole, bin_size=duration * pq.ms, n_bins=len(ks))
    r = np.array(correlation_coefficient(binned))[np.triu_indices(len(neurons), 1)]
    noise, _ = correlations(counts[np.ix_(ks, neurons)], np.zeros(len(ks)))
    comparison.close("correlations of Elephant, of one sample", noise, np.where(np.isnan(noise), np.nan, r))


def check(recording, directory):
    """Compares the tables in `directory` with the spikes of `recording`; returns the number of failures."""
    comparison = Nullable()
    table = {path.stem: read_table(path) for path in Path(directory).glob("*.csv")}
    with h5py.File(recording) as file:
        trials = Trials(file)
    statistics = table["statistics"]
    start = trials.column["delay_ms"] + statistics["delay_from_ms"][0]
    stop = trials.column["test_ms"]
    duration = stop[0] - start[0]
    counts = trials.counts(start, stop)
    comparison.close("trials that count", statistics["trials"][0], trials.held.sum())

    check_psth(comparison, trials, table["psth"])
    check_neurons(comparison, trials, table["neurons"], counts, duration)
    delay = table["delay"]
    intervals = check_delay(comparison, trials, delay, counts, intervals_by_neuron(trials, start, stop), duration)
    for group, values in intervals.items():
        check_histogram(comparison, "intervals", table["isi"], group, values, "intervals", "_ms")
        rows = delay["group"] == group
        for name, column, unit in (("rates", "rate_hz", "_hz"), ("cv", "cv", ""), ("cv2", "cv2", ""), ("fano", "fano", "")):
            check_histogram(comparison, name, table[name], group, delay[column][rows], "neurons", unit)
            check_statistics(comparison, statistics, name + unit, group, delay[column][rows])
    active = table["neurons"]["delay_hz"] >= 1
    for name in ("depth", "index"):
        check_statistics(comparison, statistics, name, "all", table["neurons"][name])
        check_statistics(comparison, statistics, name, "active", table["neurons"][name][active])

    check_overlaps(comparison, recording, trials, table["overlaps"])
    chosen = table["correlation_neurons"]
    patterns = [f"pattern {mu + 1}" for mu in trials.samples]
    comparison.same("groups of correlations", list(dict.fromkeys(chosen["group"])), ["all"] + patterns)
    for group in dict.fromkeys(chosen["group"]):
        neurons = chosen["neuron"][chosen["group"] == group].astype(int)
        allowed = np.ones(trials.neurons, bool) if group == "all" else trials.xi[int(group.split()[1]) - 1]
        comparison.same(f"neurons of {group}", neurons, [i for i in np.unique(neurons) if allowed[i]])
        own = trials.held if group == "all" else trials.held & (trials.sample == int(group.split()[1]) - 1)
        noise, _ = correlations(counts[np.ix_(own, neurons)], trials.kind[own])
        _, signal = correlations(counts[np.ix_(trials.held, neurons)], trials.sample[trials.held])
        for name, values in (("noise_correlation", noise), ("signal_correlation", signal)):
            check_histogram(comparison, name, table[name], group, values, "pairs")
            check_statistics(comparison, statistics, name, group, values)
    check_elephant(comparison, trials, delay, counts, start, stop)
    return comparison.failed


if __name__ == "__main__":
    if len(sys.argv) != 3:
        sys.exit(__doc__)
    sys.exit(1 if check(sys.argv[1], sys.argv[2]) else 0)
