"""Single neurons in the trials of a delayed match to sample, with pynapple (https://pynapple.org).

    python examples/trials_pynapple.py delayed-match-1000.h5

Needs h5py, numpy and pynapple.
"""

import sys

import h5py
import numpy as np
import pynapple as nap

with h5py.File(sys.argv[1]) as file:
    sample, delay, test = (file["trials"][name][:] for name in ("sample_ms", "delay_ms", "test_ms"))
    times, ids = file["spikes/E/timestamps"][:], file["spikes/E/node_ids"][:].astype(int)
    neurons, end = file["spikes/E"].attrs["neurons"], file["progress/time"][0]

# Spike trains, also of the neurons that never fire; pynapple counts in seconds.
ends = np.cumsum(np.bincount(ids, minlength=neurons))
trains = np.split(times[np.argsort(ids, kind="stable")], ends[:-1])
session = nap.IntervalSet(0, end, time_units="ms")
units = nap.TsGroup({i: nap.Ts(train, time_units="ms") for i, train in enumerate(trains)}, time_support=session)

delays = nap.IntervalSet(delay, test, time_units="ms")
print("mean rate in the delays:", np.mean(units.restrict(delays).rates), "Hz")
samples = nap.Ts(sample, time_units="ms")
print(nap.compute_perievent(units[0], samples, (-0.3, 1.3)))    # one neuron, trial by trial, around the sample
