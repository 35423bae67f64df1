"""Networks in motion: the experiment in Python's hands."""

from __future__ import annotations

import os
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING, Any

from attractor import _attractor
from attractor._views import ByName

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from attractor._model import Model


class Simulation:
    """A network that runs as far as it is told, while what it is shown is decided on the way. It starts as a run of its
    model does; protocol and task of the model play no part.

    Made by `Model.start` and `attractor.resume`; as a context manager it frees its memory at the end.
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
        at once, each a dictionary; nothing is shown after `show()`.

        Raises:
            ModelError: in the words of the model file.
        """
        self._native.show([*stimuli, *([stimulus] if stimulus else [])])

    def branch(self, seed: int) -> Simulation:
        """The same network in the same state, which goes on by itself, with random input from the streams of `seed`. The
        synapses are shared."""
        return Simulation(self.model, self._native.branch(seed))

    @property
    def spikes(self) -> ByName[tuple[NDArray[np.float64], NDArray[np.uint64]]]:
        """Of a population: times (ms) and neurons of the spikes of the last advance."""
        return ByName(self._populations, self._native.spikes)

    @property
    def activity(self) -> ByName[NDArray[Any]]:
        """The states (bool), or the activity, of a population of neurons without spikes, now."""
        return ByName(self._populations, self._activity)

    def rate(self, population: str) -> float:
        """The mean rate of a population in the last advance, Hz."""
        length = self.time - self._native.begin
        size = int(self.model.to_dict()["population"][population]["size"])
        return 1000.0 * len(self.spikes[population][0]) / (length * size) if length > 0 else float("nan")

    def save(self, path: str | os.PathLike[str]) -> Path:
        """Saves its state and its model in a file, from which `attractor.resume` goes on to the last bit."""
        import numpy as np

        path = Path(path)
        part = path.with_name(path.name + ".part")
        with part.open("wb") as file:
            np.savez(
                file,
                version=_attractor.__version__,
                text=self.model.text,
                path=os.path.abspath(self.model._native.path),
                state=self._native.state(),
            )
            file.flush()
            os.fsync(file.fileno())
        part.replace(path)
        return path

    def close(self) -> None:
        """Ends it."""
        self._native.close()

    def __enter__(self) -> Simulation:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self.close()

    def __repr__(self) -> str:
        return f"<Simulation of {self.model.title!r} at {self.time:g} {self.model.clock}>"

    def _populations(self) -> list[str]:
        return list(self.model.to_dict()["population"])

    def _activity(self, population: str) -> NDArray[Any]:
        found = self._native.activity(population)
        if found is None:
            raise KeyError(f"{population}, whose neurons spike")
        return found


def resume(path: str | os.PathLike[str], *, threads: int | None = None) -> Simulation:
    """Goes on from a state that `Simulation.save` has left.

    Raises:
        FileError: if it is none, or that of another version.
        ModelError: if it is of another network than its model describes now, for example because a file has changed.
    """
    import numpy as np

    from attractor._errors import FileError
    from attractor._model import Model

    try:
        with np.load(path, allow_pickle=False) as saved:
            version, text, place = (str(saved[name]) for name in ("version", "text", "path"))
            state = saved["state"]
    except (OSError, ValueError, KeyError, EOFError) as error:
        raise FileError(f"{os.fspath(path)}: found no saved simulation ({error}).", path=path) from error
    if version != _attractor.__version__:
        raise FileError(f"{os.fspath(path)}: found a simulation saved by attractor {version}.", path=path)
    model = Model(_attractor.Model.from_text(text, place))
    return Simulation(model, model._native.start(threads or 0, state.tolist()))
