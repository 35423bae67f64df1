"""Networks in motion: the experiment in Python's hands."""

from __future__ import annotations

import os
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attractor import _attractor
from attractor._closing import Closing
from attractor._samples import Samples
from attractor._views import ByName
from attractor._words import number_of, seed_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import ArrayLike, NDArray

    from attractor._model import Model
    from attractor._network import Edges


class Simulation(Closing):
    """A network that runs as far as it is told, while what it is shown is decided on the way. It starts as a run of its
    model does; protocol and task of the model play no part.

    Made by `Model.start` and `attractor.resume`; as a context manager it frees its memory at the end. A pickled one goes on
    from where it was.
    """

    def __init__(self, model: Model, native: _attractor.Simulation) -> None:
        #: Of the network.
        self.model = model
        self._native = native

    @property
    def time(self) -> float:
        """On the clock of the network: ms, or sweeps."""
        return self._native.time

    def advance(self, duration: str | float) -> None:
        """Runs for so long: "100 ms", "10 sweeps", or a number on the clock of the network.

        Ctrl-C ends it where the network is then; it can go on, unless a single step takes long.

        Raises:
            ModelError: if it is no time of this network.
            DivergenceError: if the activity grows without bound.
        """
        if not isinstance(duration, str):
            duration = f"{float(duration)!r} {self.model.clock}"
        self._native.advance(duration)

    def show(self, *stimuli: dict[str, Any], **stimulus: Any) -> None:
        """From now on shows a stimulus, as the model file has it, for example `show(pattern=2, poisson="350 Hz")`, or several
        at once, each a dictionary; nothing is shown after `show()`. It is held until something else is shown: its strength is one value, no course in time.

        Raises:
            ModelError: in the words of the model file.
        """
        self._native.show([*stimuli, *([stimulus] if stimulus else [])])

    def branch(self, seed: int) -> Simulation:
        """The same network in the same state, which goes on by itself, with random input from the streams of `seed`. The
        synapses are shared."""
        return Simulation(self.model, self._native.branch(seed_of(seed)))

    @property
    def spikes(self) -> ByName[tuple[NDArray[np.float64], NDArray[np.uint64]]]:
        """Of a population: times (ms) and neurons of the spikes of the last advance."""
        return ByName(self._populations, self._native.spikes)

    @property
    def activity(self) -> ByName[NDArray[Any]]:
        """The states (bool), or the activity, of a population of neurons without spikes, now."""
        return ByName(self._populations, self._activity)

    @property
    def overlaps(self) -> ByName[Samples]:
        """Of a population with patterns: the overlaps in the last advance (time, pattern), sampled as often as a run does, the
        last one at its end: `sim.overlaps["E"][-1]`."""
        return ByName(lambda: [name for name, _ in self._native.patterns()], self._overlaps)

    @property
    def plastic(self) -> ByName[Edges]:
        """Of a projection with `plasticity`: its synapses as they are now, which a network made of arrays takes back."""
        return ByName(self._native.learning, self._plastic)

    def _plastic(self, projection: str) -> Edges:
        from attractor._network import Edges

        found = self._native.plastic(projection)
        if found is None:
            raise KeyError(projection)
        return Edges(*found)

    def rate(self, population: str) -> float:
        """The mean rate of a population in the last advance, Hz."""
        length = self.time - self._native.begin
        size = int(self.model.to_dict()["population"][population]["size"])
        return 1000.0 * len(self.spikes[population][0]) / (length * size) if length > 0 else float("nan")

    def fire(self, population: str, times: ArrayLike, neurons: ArrayLike) -> None:
        """Gives spikes from outside: neuron `neurons[k]` of `population` at `times[k]` (ms, on the clock of the network), in
        any order, none in the past.

        Sources fire them, to whom the model gives `spikes = { list = [] }`, or some of their own; populations with `input`
        receive them, with its efficacy. A spike is as if the model had listed it; one that falls into what is being computed
        already, no more than the shortest delay from now on, may shift later spike times by rounding.

        Raises:
            ModelError: if times and neurons do not fit, or the population takes no spikes.
        """
        import numpy as np

        given = np.ascontiguousarray(times, np.float64), np.asarray(neurons)
        if given[1].size and given[1].dtype.kind not in "iuf":
            raise TypeError("neurons are whole numbers from 0")
        if given[1].size and (given[1].min() < 0 or (given[1] % 1 != 0).any()):
            raise ValueError("neurons are whole numbers from 0")
        self._native.fire(population, given[0], np.ascontiguousarray(given[1], np.uint64))

    def save(self, path: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Saves its model and its state in the file `path`, which `force` overwrites; `attractor.resume` goes on from it to the
        last bit. What files hold that the model names is not saved. The format is that of the checkpoints of runs.

        Raises:
            FileError: if it exists, or cannot be written.
        """
        self._native.save(os.fspath(path), force)
        return Path(path)

    def close(self) -> None:
        """Ends it."""
        self._native.close()

    def __reduce__(self) -> tuple[Any, ...]:
        with tempfile.TemporaryDirectory() as place:
            return _again, (self.save(Path(place) / "state.h5").read_bytes(),)

    def __repr__(self) -> str:
        try:
            where = f" at {self.time:g} {self.model.clock}"
        except RuntimeError as error:
            where = f", {str(error).removeprefix('the simulation ')}"
        return f"<Simulation of {self.model.title!r}{where}>"

    def _populations(self) -> list[str]:
        return list(self.model.to_dict()["population"])

    def _overlaps(self, population: str) -> Samples:
        import numpy as np

        found = self._native.overlaps(population)
        assert found is not None
        interval, time, values = found
        labels = np.arange(1, values.shape[1] + 1, dtype=np.uint64)
        names = tuple(dict(self._native.patterns())[population])
        units = "Hz" if self.model.observable == "spikes" else ""
        return Samples(values, time, interval, "overlap", units, self.model.clock, "pattern", labels, names)

    def _activity(self, population: str) -> NDArray[Any]:
        found = self._native.activity(population)
        if found is None:
            raise KeyError(f"{population}, whose neurons spike")
        return found


def _again(state: bytes) -> Simulation:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "state.h5"
        path.write_bytes(state)
        return resume(path)


def resume(path: str | os.PathLike[str], *, threads: int | None = None) -> Simulation:
    """Goes on from a state that `Simulation.save` has left.

    Raises:
        FileError: if it is none, is damaged, or that of another version, or if a file has changed that its model names.
        ModelError: if it is of another network.
    """
    from attractor._model import Model

    model, simulation = _attractor.resume(os.fspath(path), number_of(threads))
    return Simulation(Model(model), simulation)
