"""Recomputes overlaps, mean activity and energy of a recording of models/continuous-hopfield.toml from its activity and
patterns, with h5py and numpy alone.

Usage: check_graded.py RECORDING.h5

The network has the plain sum of outer products, J_ii = 0, units x = tanh(u) and no input:
E = -1/2 x.Jx + sum_i [(1 + x) ln(1 + x) + (1 - x) ln(1 - x)]/2. Prints what was compared; exits with 1 if anything differs by
more than rounding.
"""

import sys

import h5py
import numpy as np

from check_recording import Comparison
from check_states import slope


def entropy(p):
    return np.where(p > 0.0, p * np.log(np.where(p > 0.0, p, 1.0)), 0.0)


def check(recording):
    compare = Comparison()
    with h5py.File(recording) as file:
        assert file.attrs["observable"] == "graded"
        xi, x = file["patterns/N/xi"][:], file["activity/N/activity"][:]
        levels = [file["rates/N"].attrs[name] for name in ("inactive", "active")]
        compare.close("levels", np.array(levels), np.array([-1.0, 1.0]))
        compare.close("overlaps", file["overlaps/N/m"][:], slope(xi, (x - levels[0]) / (levels[1] - levels[0])))
        compare.close("mean activity", file["rates/N/rate"][:], x.mean(axis=1))
        s = 2.0 * xi - 1.0
        j = s.T @ s
        np.fill_diagonal(j, 0.0)
        cost = 0.5 * (entropy(1.0 + x) + entropy(1.0 - x)).sum(axis=1)
        energy = -0.5 * np.einsum("ti,ij,tj->t", x, j, x) + cost
        compare.close("energy", file["energy/energy"][:], energy)
    return compare.failed


if __name__ == "__main__":
    sys.exit(1 if check(sys.argv[1]) else 0)
