"""Recomputes overlaps, activity, energy and the results of recall of a recording of binary neurons from its states and
patterns, with h5py and numpy alone.

Usage: check_states.py RECORDING.h5

The network is taken to be Hopfield's with the plain sum of outer products, J_ii = 0 and states of -1 and 1, as in
models/letters.toml. Prints what was compared; exits with 1 if anything differs by more than rounding.
"""

import sys

import h5py
import numpy as np

from check_recording import Comparison


def slope(xi, x):
    """Mean of x over the foreground minus that over the background, for every pattern (row of xi)."""
    xi = xi.astype(bool)
    return np.array([x[..., row].mean(axis=-1) - x[..., ~row].mean(axis=-1) for row in xi]).T


def check(recording):
    compare = Comparison()
    with h5py.File(recording) as file:
        assert file.attrs["clock"] == "sweeps"
        (name,) = file["patterns"]
        xi, states = file[f"patterns/{name}/xi"][:], file[f"states/{name}/state"][:]
        time = file[f"states/{name}/time"][:]
        compare.close("overlaps", file[f"overlaps/{name}/m"][:], slope(xi, states))
        compare.close("activity", file[f"rates/{name}/rate"][:], states.mean(axis=1))
        x, s = 2.0 * xi - 1.0, 2.0 * states - 1.0
        j = x.T @ x
        np.fill_diagonal(j, 0.0)
        energy = -0.5 * np.einsum("ti,ij,tj->t", s, j, s)
        compare.close("energy", file["energy/energy"][:], energy)
        if "trials" in file:
            trials = {key: file["trials"][key][:] for key in file["trials"]}
            check_trials(compare, trials, time, s, x, j)
    return compare.failed


def check_trials(compare, trials, time, s, x, j):
    """What was found in the trials, from the states at their beginnings and ends."""
    pattern = trials["pattern"].astype(int) - 1
    # The protocol may end with a look at the very moment at which the first trial begins.
    first = [np.flatnonzero(time == start)[-1] for start in trials["start"]]
    last = np.append(np.array(first[1:]) - 1, len(time) - 1)
    target, final = x[pattern], s[last]
    compare.close("sweeps", trials["sweeps"], time[last] - trials["start"])
    compare.close("errors", trials["errors"], (final != target).sum(axis=1))
    compare.close("exact", trials["exact"], (final == target).all(axis=1))
    compare.close("flipped", trials["flipped"], (s[first] != target).mean(axis=1))
    field = final @ j
    stable = (np.where(field >= 0, 1.0, -1.0) == final).all(axis=1)
    compare.close("fixed points", trials["settled"], stable)
    compare.close("first step", trials["first_step"], (np.where(target @ j >= 0, 1.0, -1.0) != target).mean(axis=1))
    compare.close("energy at the end", trials["energy"], -0.5 * (field * final).sum(axis=1))


if __name__ == "__main__":
    sys.exit(1 if check(sys.argv[1]) else 0)
