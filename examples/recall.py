"""States, energy and trials of recall of a binary network.

    python examples/recall.py letters.h5

Needs h5py.
"""

import sys

import h5py

with h5py.File(sys.argv[1]) as file:
    (population,) = file["overlaps"]
    overlap = file["overlaps"][population]["m"][:]    # T x P, from -1 to 1
    sweep = file["overlaps"][population]["time"][:]
    print(f"{len(overlap)} looks, until sweep {sweep[-1]:.0f}; largest overlap {overlap.max():.2f}")
    if "states" in file:
        state = file["states"][population]["state"][:]    # T x N, 1 where a neuron is active
        print(f"{state.shape[1]} neurons, {state.mean():.2f} of them active")
    energy = file["energy"]
    if "none" in energy.attrs:                        # says why there is none
        print("no energy:", energy.attrs["none"])
    else:
        print("least energy:", energy["energy"][:].min())
    if "trials" in file:
        trials = file["trials"]
        flipped, exact = trials["flipped"][:], trials["exact"][:]
        outcome = trials["outcome"].asstr()[:]        # "fixed point", "cycle of 2", "not settled"
        for level in sorted(set(flipped)):
            print(f"{level:.2f} flipped: {exact[flipped == level].mean():.2f} recalled exactly")
        print("of", len(outcome), "trials", (outcome == "fixed point").sum(), "end in a fixed point")
