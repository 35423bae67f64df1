"""The trials of a task as a DataFrame, and how they went by what varied.

    python examples/trials_pandas.py delayed-match-1000.h5

Needs h5py and pandas. Works for delayed match to sample and for recall.
"""

import sys

import h5py
import pandas as pd

# What may vary from trial to trial, and what tells how a trial went; each task has some of them.
DRAWN = ["match", "sample_hz", "sample_mv", "left_out", "replaced", "distractor_hz", "distractor_mv"]
DRAWN += ["flipped", "occluded", "noise"]
FOUND = ["held", "correct", "exact", "overlap", "errors"]


def trials(path):
    """One row per trial, one column per quantity that was drawn or found."""
    with h5py.File(path) as file:
        table = file["trials"]
        names = " ".join(table.attrs[part] for part in ("columns", "results") if part in table.attrs).split()
        text = lambda column: column.asstr()[:] if column.dtype.kind == "O" else column[:]
        return pd.DataFrame({name: text(table[name]) for name in names})


if __name__ == "__main__":
    frame = trials(sys.argv[1])
    print(frame.describe().T[["count", "mean", "std", "min", "max"]])
    found = [name for name in FOUND if name in frame]
    for name in DRAWN:
        if name in frame and frame[name].nunique() > 1:
            print(frame.groupby(name)[found].mean())
