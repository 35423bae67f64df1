"""Recomputes the table of trials of a recording from its spikes, with numpy and h5py alone."""

import re
import sys

import h5py
import numpy as np


def task_of(file):
    """The values of [task.delayed_match] that the decisions depend on, as the recording carries them."""
    import tomllib

    model = tomllib.loads(file["provenance"].attrs["model_resolved"])
    return model["task"]["delayed_match"]


def number(quantity):
    return float(re.match(r"[-+0-9.e]+", quantity).group())


def overlaps(times, ids, xi, start, stop):
    """Mean rate of the foreground minus that of the background in [start, stop), in Hz, for every pattern."""
    inside = ids[(times >= start) & (times < stop)]
    spikes = np.bincount(inside, minlength=xi.shape[1])
    on = xi @ spikes / xi.sum(axis=1)
    off = (1 - xi) @ spikes / (1 - xi).sum(axis=1)
    return (on - off) / (stop - start) * 1000


def standing_out(m, above):
    order = np.argsort(m)
    best, second = m[order[-1]], m[order[-2]]
    return order[-1] + 1 if best > above and 2 * second < best else 0


def auc(first, second):
    """P(first > second) + P(first = second) / 2 over all pairs."""
    difference = np.asarray(first, float)[:, None] - np.asarray(second, float)[None, :]
    return ((difference > 0) + 0.5 * (difference == 0)).mean()


def check(path, summary):
    """Compares what the file says with what follows from its spikes; returns the number of failures."""
    failures = 0

    def expect(what, good):
        nonlocal failures
        failures += not good
        print(f"{'ok ' if good else 'BAD'} {what}")

    with h5py.File(path) as file:
        task, trials = task_of(file), {name: column[:] for name, column in file["trials"].items()}
        named = (file["trials"].attrs["columns"] + " " + file["trials"].attrs["results"]).split()
        expect("the trials have the columns that their attributes name", sorted(named) == sorted(trials))
        xi = file["patterns/E/xi"][:].astype(int)
        spikes = {n: (g["timestamps"][:], g["node_ids"][:].astype(int)) for n, g in file["spikes"].items()}
    observer, n = task["observer"], len(trials["trial"])
    above, held_over, seen_over = (number(observer[key]) for key in ("above", "held_over", "seen_over"))

    held, seen, overlap = [], [], []
    for k in range(n):
        onset = trials["test_ms"][k]
        before = overlaps(*spikes["E"], xi, onset - held_over, onset)
        held.append(standing_out(before, above))
        overlap.append(before[int(trials["sample"][k]) - 1])
        during = overlaps(*spikes["E"], xi, onset, onset + seen_over)
        seen.append(during.argmax() + 1 if during.max() > above else 0)
    held, seen = np.array(held), np.array(seen)
    matches = trials["sample"] == trials["test"]
    answer = np.where(seen == 0, "", np.where(held == seen, "match", "nonmatch"))
    right = answer == np.where(matches, "match", "nonmatch")
    expect("match is sample = test", np.array_equal(matches, trials["match"] == 1))
    expect("holds", np.array_equal(held, trials["holds"]))
    expect("seen", np.array_equal(seen, trials["seen"]))
    expect("overlap at the end of the delay", np.allclose(overlap, trials["overlap_hz"], rtol=0, atol=1e-9))
    expect("the observer's answer", np.array_equal(answer, trials["observer"].astype(str)))
    expect("whether it is right", np.array_equal(right, trials["correct"] == 1))
    shares = summary["trials"]["held"]["number"], summary["trials"]["observer"]["number"]
    expected = int((held == trials["sample"]).sum()), int(right.sum())
    expect(f"samples held and trials right: {expected}", shares == expected)

    for k, (name, readout) in enumerate(task["readout"].items()):
        times, ids = spikes[readout["population"]]
        counts, reaction = [], []
        told = summary["trials"]["readouts"][k]
        for j in range(n):
            onset = trials["test_ms"][j]
            inside = (times >= onset) & (times < onset + number(readout["window"]))
            if readout["neurons"] == "test_foreground":
                inside &= xi[int(trials["test"][j]) - 1][ids] == 1
            counts.append(inside.sum())
            criterion = told["criteria"][0 if trials["trial"][j] % 2 == 1 else 1]
            exceeding = np.flatnonzero(inside)[int(np.floor(criterion)) :][:1]
            reaction.append(times[exceeding[0]] - onset if len(exceeding) else np.nan)
        counts = np.array(counts)
        expect(f"counts of {name}", np.array_equal(counts, trials[f"{name}_count"]))
        same = np.allclose(reaction, trials[f"{name}_reaction_ms"], rtol=0, atol=1e-9, equal_nan=True)
        expect(f"reaction times of {name}", same)
        first = matches if readout["speaks_for"] == "match" else ~matches
        expect(f"AUC of {name}", abs(auc(counts[first], counts[~first]) - told["auc"]) < 1e-12)
        for odd in (0, 1):
            # The criterion of a half is as good on the other half as any.
            fitted = trials["trial"] % 2 == odd
            score = lambda c: (counts[fitted & first] > c).mean() + (counts[fitted & ~first] <= c).mean()
            best = max(score(c) for c in np.concatenate([[counts.min() - 1], counts]))
            judges = told["criteria"][0 if odd == 0 else 1]
            expect(f"criterion {judges} of {name} is fitted on the other half", abs(score(judges) - best) < 1e-12)
    return failures


if __name__ == "__main__":
    import json
    import os
    import subprocess

    attractor = os.environ.get("ATTRACTOR", "target/release/attractor")
    printed = subprocess.run([attractor, "info", sys.argv[1], "--json"], capture_output=True)
    sys.exit(1 if check(sys.argv[1], json.loads(printed.stdout)) else 0)
