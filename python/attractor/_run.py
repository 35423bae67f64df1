"""Runs: what was recorded, of a run that has just ended or from a file of any front end."""

from __future__ import annotations

import json
import os
import warnings
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, NamedTuple, TypeVar

from attractor import _attractor
from attractor._closing import Closing
from attractor._errors import ModelWarning
from attractor._samples import Samples
from attractor._progress import shown
from attractor._views import ByName
from attractor._words import bounds_of, limits_of, number_of, options, seconds_of

if TYPE_CHECKING:
    import neo
    import numpy as np
    import pandas
    import pynapple
    from numpy.typing import NDArray

    from attractor._network import Edges
    from attractor._sweep import Table

T = TypeVar("T")

#: The format of an export by the extension of its name.
FORMATS = {".nwb": "nwb", ".npz": "npz", ".nix": "neo-nix", "": "csv"}


class Verdict(NamedTuple):
    """What became of an expectation."""

    #: What was expected, in words.
    expectation: str
    #: Whether it was found.
    met: bool
    #: What was found, in words.
    found: str


class Epoch(NamedTuple):
    """What was shown, and when."""

    name: str
    #: On the clock of the run.
    start: float
    end: float
    #: Its stimuli, as the model file has them.
    show: list[dict[str, Any]]


class Traces(NamedTuple):
    """The activity of single neurons."""

    #: Within the population, from 0.
    neurons: NDArray[np.uint64]
    #: (time, neuron).
    activity: Samples


@dataclass(frozen=True, eq=False)
class Potentials:
    """Membrane potentials, currents and moving thresholds of some neurons of a population."""

    #: V, mV (time, neuron).
    v: Samples
    #: By name: the time constant, ms, and the currents times the membrane resistance, mV (time, neuron): "I_syn_5ms" and
    #: the like, "I_adaptation", and beside them "threshold" where it moves.
    currents: dict[str, tuple[float, Samples]]
    #: Within the population, from 0.
    neurons: NDArray[np.uint64]
    #: Thresholds, and potentials during refractoriness, mV.
    theta: NDArray[np.float64]
    v_reset: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Efficacies:
    """The plastic synapses of a projection, and what they have learned."""

    #: Within their populations, from 0: member k of both is of synapse k.
    senders: NDArray[np.uint64]
    receivers: NDArray[np.uint64]
    #: Of all of them, ms.
    delay: float
    #: When they were recorded, ms: as the run began, and at the ends of its epochs.
    time: NDArray[np.float64]
    #: J, mV (time, synapse).
    values: NDArray[np.float64]

    def edges(self, moment: int = -1) -> Edges:
        """The synapses as they were at one of the moments, the last one if none is given."""
        import numpy as np

        from attractor._network import Edges

        delays = np.full(len(self.senders), self.delay)
        return Edges(self.senders, self.receivers, self.values[moment], delays)


class Run(Closing):
    """What a run has left, in memory or in a file: arrays, tables, what they say, and how they look.

    Made by `Model.run`, `attractor.go_on` and `attractor.open`; as a context manager it closes its file at the end. Nothing is
    read before it is asked for, and what is asked for twice is read twice. Several threads may read at once.
    """

    def __init__(self, native: _attractor.Recording) -> None:
        self._native = native

    @property
    def path(self) -> Path | None:
        """Its file, if it stands in one."""
        return self._native.path

    @property
    def complete(self) -> bool:
        """Whether the run came to its end."""
        return self._native.complete

    @property
    def observable(self) -> str:
        """What is seen of the network: spikes, states or graded."""
        return self._native.observable

    @property
    def clock(self) -> str:
        """The unit of time: ms or sweeps."""
        return self._native.clock

    @property
    def end(self) -> float:
        """Until when everything is known, on its clock."""
        return self._native.end

    @property
    def populations(self) -> dict[str, int]:
        """The number of neurons of every population."""
        return dict(self._native.populations)

    @property
    def provenance(self) -> dict[str, Any]:
        """Where it comes from: model, seed, version, hashes, times."""
        return dict(self._native.provenance())

    @property
    def data_hash(self) -> str:
        """The hash of its data, the same whoever ran the model and wherever; "" of a run that did not end."""
        return str(self.provenance["data_hash"])

    @property
    def spikes(self) -> ByName[tuple[NDArray[np.float64], NDArray[np.uint64]]]:
        """Of a population of spiking neurons: the times of all spikes (ms), in order, and their neurons (from 0)."""
        return ByName(lambda: self._native.held("spikes"), self._native.spikes)

    @property
    def rates(self) -> ByName[Samples]:
        """The mean rate of a population (Hz), or its mean activity."""
        return ByName(lambda: self._native.held("rates"), self._rates)

    @property
    def overlaps(self) -> ByName[Samples]:
        """The overlaps with the patterns of a population (time, pattern): Hz, or numbers from -1 to 1."""
        return ByName(lambda: self._native.held("patterns"), self._overlaps)

    @property
    def patterns(self) -> ByName[NDArray[Any]]:
        """The patterns of a population (pattern, neuron): bool, or values of graded patterns."""
        return ByName(lambda: self._native.held("patterns"), self._patterns)

    @property
    def states(self) -> ByName[Samples]:
        """The states of a population of two-state neurons (time, neuron): bool, over the memory in which they were read."""
        return ByName(lambda: self._native.held("states"), self._states)

    @property
    def activity(self) -> ByName[Samples]:
        """The activity of a population of graded neurons (time, neuron)."""
        return ByName(lambda: self._native.held("activity"), self._activity)

    @property
    def traces(self) -> ByName[Traces]:
        """The activity of the single neurons that `[record] activity` names."""
        return ByName(lambda: self._native.held("traces"), self._traces)

    @property
    def potentials(self) -> ByName[Potentials]:
        """The membrane potentials that `[record] v` names."""
        return ByName(lambda: self._native.held("potentials"), self._potentials)

    @property
    def efficacies(self) -> ByName[Efficacies]:
        """Of a plastic projection that `[record] efficacies` names: its synapses, and their efficacies at every moment."""
        return ByName(self._native.learned, lambda name: Efficacies(**_there(self._native.efficacies(name))))

    @property
    def energy(self) -> Samples | None:
        """The energy of the network, where one exists."""
        found = self._native.energy()
        return None if found is None else self._line("energy", "", found)

    @property
    def protocol(self) -> list[Epoch]:
        """What was shown, epoch by epoch, trials among them."""
        epochs = self._native.protocol()
        return [Epoch(name, start, end, json.loads(show)) for name, start, end, show in epochs]

    @property
    def trials(self) -> pandas.DataFrame:
        """One row per trial that has ended (needs pandas): what was drawn, how it ended, what was found. It has no rows
        where there was no task."""
        import pandas

        return pandas.DataFrame(self._native.trials() or {})

    @property
    def epochs(self) -> ByName[pynapple.IntervalSet]:
        """Of every name in the protocol: when it was shown, for `restrict` (needs pynapple)."""
        return ByName(lambda: list(dict.fromkeys(epoch.name for epoch in self.protocol)), self._intervals)

    @property
    def expectations(self) -> list[Verdict]:
        """What became of every expectation of the model."""
        return [Verdict(it["expectation"], it["met"], it["found"]) for it in self.info()["expect"]]

    def summary(self, theory: bool = False) -> str:
        """What the command prints about it; with `theory` beside what theory predicts of memories."""
        return self._native.summary(theory)[0]

    def info(self, theory: bool = False) -> dict[str, Any]:
        """All that the summary tells, as `attractor info --json` does."""
        return dict(self._native.summary(theory)[1])

    def verify(self) -> dict[str, str]:
        """Computes once more what follows from its data; what was found, check by check.

        Raises:
            ValueError: if something differs.
        """
        checks = self._native.verify()
        for what, holds, found in checks:
            if holds is False:
                raise ValueError(f"{what}: {found}")
        return {what: found for what, _, found in checks}

    def plot(
        self,
        path: str | os.PathLike[str] | None = None,
        *,
        view: str = "overview",
        trial: int | None = None,
        epoch: str | None = None,
        neurons: str | None = None,
        population: str | None = None,
        one_minus_overlap: bool = False,
        force: bool = False,
    ) -> bytes | None:
        """Draws it as `attractor plot` does: to `path` (.png, .svg, or .gif for what moves), or as PNG in memory.

        Args:
            view: what is shown, as `--as` names it: "overview", "potentials", "strip" ...
            trial: the trial that is drawn, from 1.
            epoch: the epoch that is drawn, by its name.
            neurons: whose activity is drawn with view = "neurons", for example "E:17,40".
            population: whose bump is drawn with view = "bump", where several are on a ring.
            one_minus_overlap: adds what the overlaps lack to 1, on a logarithmic axis.
            force: overwrites an existing figure.

        Raises:
            ModelError: if there is no such view, trial or epoch, or nothing of it was recorded.
            FileError: if the figure exists, or cannot be written.
        """
        if trial is not None and epoch is not None:
            raise ValueError("a trial or an epoch is drawn, not both")
        place = None if path is None else os.fspath(path)
        return self._native.draw(view, trial, epoch, neurons, population, one_minus_overlap, place, force)

    def plot_beside(
        self,
        other: Run,
        path: str | os.PathLike[str] | None = None,
        *,
        neurons: str | None = None,
        fit: tuple[float, float] | None = None,
        force: bool = False,
    ) -> tuple[bytes | None, str]:
        """Draws it and a run of the same network from another start, and how far both are apart; returns the PNG unless it is
        written to `path` (which `force` overwrites), and in words how the distance grows, which is fitted from one time to
        another (s or sweeps).

        Raises:
            ModelError: if they are not of the same network.
            FileError: if the figure exists or cannot be written, or a recording is closed.
        """
        place = None if path is None else os.fspath(path)
        return self._native.draw_beside(other._native, neurons, fit, place, force)

    @property
    def table(self) -> Table:
        """What it measured and its trials, as the table of a sweep of one run: `run.table.plot("overlap")`."""
        from attractor._sweep import Table

        return Table(self._native.table())

    def frames(
        self,
        *,
        bin: str = "50 ms",
        after: str | None = None,
        neurons: range | None = None,
        active_above: str | None = None,
        active_window: str | None = None,
    ) -> dict[str, pandas.DataFrame]:
        """The tables of its trials, of active assemblies, of bumps, of sequences, of the geometry of its activity, of recorded
        courses and learned efficacies, which `analyze` writes, by name (needs pandas): `run.frames()["bump"]`, or `"E_bump"` of
        population E where several are on rings.

        Args:
            bin: the width of the bins of rates and of samples of the geometry.
            after: delay activity begins so long after the onset of the delay.
            neurons: whose own rates are told.
            active_above: an assembly is active where its rate is at least this ...
            active_window: ... in a window of this length.

        Raises:
            FileError: if there is nothing to analyze.
        """
        import pandas

        found = self._native.tables(bin, after, bounds_of(neurons), active_above, active_window)
        return {name: pandas.DataFrame(columns) for name, columns in found.items()}

    def analyze(
        self,
        folder: str | os.PathLike[str],
        *,
        bin: str = "50 ms",
        after: str | None = None,
        neurons: range | None = None,
        active_above: str | None = None,
        active_window: str | None = None,
        beside: str | os.PathLike[str] | None = None,
        force: bool = False,
    ) -> list[Path]:
        """Writes tables (CSV) and figures of its trials, of active assemblies, and of the geometry of its activity, to a folder,
        as `attractor analyze` does; returns the files.

        Args:
            bin: the width of the bins of rates and of samples of the geometry.
            after: delay activity begins so long after the onset of the delay.
            neurons: whose own rates are written and drawn.
            active_above: an assembly is active where its rate is at least this ...
            active_window: ... in a window of this length.
            beside: the file of a run of the same network from another start.
            force: overwrites files in the folder.

        Raises:
            FileError: if there is nothing to analyze, or a file exists or cannot be written.
        """
        bounds = bounds_of(neurons)
        chosen = None if bounds is None else f"{bounds[0]}..{bounds[1]}"
        words = options(
            bin=bin,
            after=after,
            neurons=chosen,
            active_above=active_above,
            active_window=active_window,
            beside=beside,
            force=force,
            output=folder,
        )
        told, _ = self._native.told(["attractor", "analyze", "RECORDING", *words])
        lines = (line.strip() for line in told.splitlines())
        return [Path(line) for line in lines if line and Path(line).parent == Path(folder) and Path(line).is_file()]

    def report(self, path: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Writes a page about it (.html), to look at in a browser, as `attractor report` does.

        Raises:
            FileError: if it exists, or cannot be written.
        """
        words = options(output=path, force=force)
        self._native.told(["attractor", "report", "RECORDING", *words])
        return Path(path)

    def export(
        self,
        path: str | os.PathLike[str],
        format: str | None = None,
        *,
        population: str | None = None,
        neurons: range | None = None,
        force: bool = False,
    ) -> Path:
        """Writes its spikes, trials and epochs for other programs: as the extension of `path` says (.nwb, .npz, .nix, a
        folder of CSV without one), or as `format`: nwb, npz, neo-nix or csv."""
        path = Path(path)
        if format is None:
            if path.suffix not in FORMATS:
                raise ValueError(f"no format writes {path.suffix}; say format = one of {list(FORMATS.values())}")
            format = FORMATS[path.suffix]
        self._native.export(os.fspath(path), format, population, bounds_of(neurons), force)
        return path

    def to_pynapple(self, population: str) -> pynapple.TsGroup:
        """The spikes of a population, a train per neuron, within all that is known (needs pynapple)."""
        import numpy as np
        import pynapple

        times, neurons = self.spikes[population]
        support = pynapple.IntervalSet(0.0, self.end, time_units="ms")
        size = self.populations[population]
        order = np.argsort(neurons, kind="stable")
        trains = np.split(times[order], np.searchsorted(neurons[order], np.arange(1, size)))
        given = {k: pynapple.Ts(train, time_units="ms") for k, train in enumerate(trains)}
        return pynapple.TsGroup(given, time_support=support)

    def to_neo(self) -> neo.Block:
        """Its spikes, trials and epochs as a block of neo (needs neo and nixio)."""
        import tempfile

        import neo

        with tempfile.TemporaryDirectory() as folder:
            path = self.export(Path(folder) / "run.nix")
            with neo.NixIO(os.fspath(path), "ro") as file:
                return file.read_block()

    def close(self) -> None:
        """Closes its file, or frees its memory; arrays that were taken from it stay."""
        self._native.close()

    def __reduce__(self) -> tuple[Any, ...]:
        if self.path is None:
            raise TypeError("a run in memory stays in its process; run it with out=, and its file is opened there")
        return open, (os.path.abspath(self.path),)

    def __repr__(self) -> str:
        where = "in memory" if self.path is None else str(self.path)
        ended = "" if self.complete else ", did not end"
        neurons = ", ".join(f"{size} {name}" for name, size in self.populations.items())
        return f"<Run {where}: {neurons}; {self.end:g} {self.clock}{ended}>"

    def _repr_png_(self) -> bytes | None:
        return self.plot()

    def _line(self, name: str, units: str, sampled: _attractor._Sampled) -> Samples:
        interval, time, values = sampled
        return Samples(values[:, 0], time, interval, name, units, self.clock)

    def _hz(self) -> str:
        return "Hz" if self.observable == "spikes" else ""

    def _rates(self, population: str) -> Samples:
        name = "rate" if self._hz() else "mean activity"
        return self._line(name, self._hz(), self._native.rates(population))

    def _overlaps(self, population: str) -> Samples:
        interval, time, values = _there(self._native.overlaps(population))
        labels = _numbers(1, values.shape[1])
        names = tuple(_there(self._native.patterns(population))[1])
        return Samples(values, time, interval, "overlap", self._hz(), self.clock, "pattern", labels, names)

    def _patterns(self, population: str) -> NDArray[Any]:
        values, _ = _there(self._native.patterns(population))
        return values.view(bool) if values.dtype == "uint8" else values

    def _states(self, population: str) -> Samples:
        time, states = _there(self._native.states(population))
        interval = self._native.rates(population)[0]
        labels = _numbers(0, states.shape[1])
        return Samples(states.view(bool), time, interval, "state", "", self.clock, "neuron", labels)

    def _activity(self, population: str) -> Samples:
        interval, time, values = _there(self._native.activity(population))
        labels = _numbers(0, values.shape[1])
        return Samples(values, time, interval, "activity", "", self.clock, "neuron", labels)

    def _traces(self, population: str) -> Traces:
        neurons, (interval, time, values) = _there(self._native.traces(population))
        activity = Samples(values, time, interval, "activity", "", self.clock, "neuron", neurons)
        return Traces(neurons, activity)

    def _potentials(self, population: str) -> Potentials:
        found = _there(self._native.potentials(population))
        neurons = found["neurons"]

        def samples(name: str, values: NDArray[np.float64]) -> Samples:
            return Samples(values, found["time"], found["every"], name, "mV", self.clock, "neuron", neurons)

        currents = {name: (tau, samples(name, it)) for name, (tau, it) in found["currents"].items()}
        return Potentials(samples("V", found["v"]), currents, neurons, found["theta"], found["v_reset"])

    def _intervals(self, name: str) -> pynapple.IntervalSet:
        import pynapple

        own = [epoch for epoch in self.protocol if epoch.name == name]
        start, end = [epoch.start for epoch in own], [epoch.end for epoch in own]
        return pynapple.IntervalSet(start, end, time_units="ms")


def open(path: str | os.PathLike[str]) -> Run:
    """The recording in a file; of one whose run did not end, what was committed.

    Raises:
        FileError: if there is none, or it is damaged.
    """
    return Run(_attractor.Recording.open(os.fspath(path)))


def go_on(
    path: str | os.PathLike[str],
    *,
    threads: int | None = None,
    progress: bool = False,
    until: str | float | None = None,
    limit: float | None = None,
    commit: float = 2.0,
) -> Run:
    """Goes on with the run whose recording `path` (with or without `.part`) did not end, from the state that was saved last, as
    `attractor run --resume` does; of one that is complete, that recording.

    Args:
        threads: one per core if none is given.
        progress: shows how far it is, with tqdm if that is installed.
        until: ends at this time of the network, "2 s" or a number of ms or sweeps.
        limit: ends after so many seconds of the clock on the wall.
        commit: how often, in seconds, everything is brought safely to disk.

    Raises:
        FileError: if there is no such recording, its state is lost, or a file has changed that its model names.
        DivergenceError: if the activity grows without bound.
    """
    every = seconds_of(commit)
    path = Path(path)
    out = path.with_suffix("") if path.suffix in (".part", ".checkpoint") else path
    part = out.with_name(out.name + ".part")
    with open(part if part.exists() else out) as begun:
        clock, duration = begun.clock, float(begun.provenance["duration"])
    limits = *limits_of(until, limit, clock), every
    with shown(progress, duration, clock) as tell:
        native, found = _attractor.go_on(os.fspath(out), number_of(threads), tell, limits)
        if tell is not None:
            tell(native.end)
    for sentence in found:
        warnings.warn(sentence, ModelWarning, stacklevel=2)
    return Run(native)


def _there(found: T | None) -> T:
    if found is None:
        raise KeyError("it was not recorded")
    return found


def _numbers(first: int, number: int) -> NDArray[np.uint64]:
    import numpy as np

    return np.arange(first, first + number, dtype=np.uint64)
