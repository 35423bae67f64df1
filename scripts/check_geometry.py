"""Recomputes the geometry of activity from the raw spikes of a recording, with numpy's covariance and eigenvalues.

Usage: check_geometry.py RECORDING.h5 DIRECTORY

The recording is of spiking neurons and has a protocol but no trials; the directory holds what `attractor analyze
RECORDING.h5 -o DIRECTORY` wrote. Prints what was compared; exits with 1 if anything differs by more than rounding.
"""

import csv
import sys
from pathlib import Path

import h5py
import numpy as np

BIN = 50.0  # ms


def rows(path):
    with open(path) as file:
        return list(csv.DictReader(file))


def eigenvalues(samples):
    return np.linalg.eigvalsh(np.cov(np.array(samples).T))[::-1]


def check(recording, directory):
    directory = Path(directory)
    with h5py.File(recording) as file:
        population = next(iter(file["patterns"]))
        spikes = file[f"spikes/{population}"]
        times, ids, neurons = spikes["timestamps"][:], spikes["node_ids"][:].astype(int), int(spikes.attrs["neurons"])
        protocol = {name: file[f"protocol/{name}"][:] for name in ("name", "start", "end", "show")}
    stretches = {}
    for name, start, end, show in zip(*protocol.values()):
        if show.decode() == "[]":
            edges = start + BIN * np.arange(int((end - start) / BIN + 1e-6) + 1)
            pairs = zip(edges[:-1], edges[1:])
            bins = [ids[(times >= a) & (times < b)] for a, b in pairs]
            stretches[name.decode()] = [np.bincount(own, minlength=neurons) / BIN * 1000.0 for own in bins]
    samples = [sample for own in stretches.values() for sample in own]
    parts = {"all samples": samples, "means": [np.mean(own, axis=0) for own in stretches.values()], **stretches}
    bad = 0
    spectrum = rows(directory / "spectrum.csv")
    for row in rows(directory / "geometry.csv"):
        values = eigenvalues(parts[row["part"]])
        ratio, found = values.sum() ** 2 / (values**2).sum(), float(row["participation_ratio"])
        listed = [float(r["eigenvalue"]) for r in spectrum if r["part"] == row["part"]]
        same = np.isclose(found, ratio, rtol=1e-9) and np.isclose(float(row["variance"]), values.sum(), rtol=1e-9)
        same &= np.allclose(listed, values[: len(listed)], rtol=1e-7, atol=1e-7 * values[0])
        same &= int(row["samples"]) == len(parts[row["part"]])
        print(f"{'ok ' if same else 'BAD'} {row['part']}: participation ratio {found:.6f}, numpy {ratio:.6f}")
        bad += not same
    return int(bad > 0)


if __name__ == "__main__":
    sys.exit(check(*sys.argv[1:]))
