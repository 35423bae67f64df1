"""Rates, overlaps and a raster of a recording of spiking neurons.

    python examples/read_recording.py memory-8000.h5 [raster.png]

Needs h5py and numpy, and matplotlib for the raster.
"""

import sys

import h5py
import numpy as np


def main(path, figure=None):
    with h5py.File(path) as file:
        spikes = {}
        for name in file["progress/populations"].asstr()[:]:
            group = file["spikes"][name]
            spikes[name] = group["timestamps"][:], group["node_ids"][:], group.attrs["neurons"]
        epochs = list(zip(file["protocol/name"].asstr()[:], file["protocol/start"][:], file["protocol/end"][:]))
        held = {name: (group["m"][:], group["time"][:]) for name, group in file["overlaps"].items()}
        print("data hash:", file["provenance"].attrs["data_hash"])

    print(f"{'epoch':14}" + "".join(f"{name:>10} Hz" for name in spikes))
    for epoch, start, end in epochs:
        rates = []
        for times, _, neurons in spikes.values():
            inside = np.searchsorted(times, end) - np.searchsorted(times, start)
            rates.append(inside / neurons / (end - start) * 1000.0)
        print(f"{epoch:14}" + "".join(f"{rate:13.2f}" for rate in rates))

    # The overlap of a pattern: mean rate of its foreground minus that of the background, in Hz.
    for name, (overlap, centre) in held.items():
        for epoch, start, end in epochs:
            inside = overlap[(centre > start) & (centre < end)]
            if len(inside):
                mean = inside.mean(axis=0)
                print(f"{name} in {epoch}: pattern {mean.argmax() + 1} at {mean.max():.1f} Hz")

    if figure:
        raster(spikes, figure)


def raster(spikes, figure, shown=200):
    """The first neurons of every population, one above the other."""
    import matplotlib

    matplotlib.use("Agg")
    from matplotlib import pyplot

    below = 0
    for name, (times, neurons, number) in spikes.items():
        chosen = neurons < shown
        pyplot.plot(times[chosen], neurons[chosen] + below, ",", label=name)
        below += min(shown, number)
    pyplot.xlabel("time (ms)")
    pyplot.ylabel("neuron")
    pyplot.legend()
    pyplot.savefig(figure)


if __name__ == "__main__":
    main(*sys.argv[1:])
