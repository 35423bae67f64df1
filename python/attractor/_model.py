"""Models: files and dictionaries, and those that come with the package."""

from __future__ import annotations

import difflib
import html
import os
import re
import shutil
import tomllib
import warnings
from collections.abc import Iterator, Mapping
from pathlib import Path
from typing import Any

from attractor import _attractor
from attractor._errors import ModelWarning
from attractor._progress import shown
from attractor._network import Network
from attractor._run import Run
from attractor._run import open as open_run
from attractor._words import limits_of, number_of, on_clock, options, seconds_of, seed_of
from attractor._simulation import Simulation


#: What a model consists of, beside single values.
_SECTIONS = ("population", "patterns", "projection", "dynamics", "protocol", "task", "record", "expect")


class Model:
    """An experiment, checked: network, protocol, what is recorded, what is expected.

    Made by `Model.from_toml`, `Model.from_dict`, or `attractor.models[...]`; it never changes, `with_` gives another.
    """

    __slots__ = ("_native",)
    _native: _attractor.Model

    def __init__(self, native: _attractor.Model) -> None:
        self._native = native

    @classmethod
    def from_toml(cls, path: str | os.PathLike[str]) -> Model:
        """The model in a file.

        Raises:
            ModelError: at its first mistake, with file, line, key, and how to mend it.
            FileError: if it cannot be read.
        """
        return cls(_attractor.Model.from_toml(os.fspath(path)))

    @classmethod
    def from_dict(cls, values: Mapping[str, Any], folder: str | os.PathLike[str] = ".") -> Model:
        """The model that a dictionary with the keys of the model file describes; names of files start from `folder`.

        Raises:
            ModelError: at its first mistake, with the same sentence as for a file.
        """
        return cls(_attractor.Model.from_dict(values, os.fspath(folder)))

    @classmethod
    def from_text(cls, text: str, folder: str | os.PathLike[str] = ".") -> Model:
        """The model that a text describes, as it would stand in a file in `folder`.

        Raises:
            ModelError: at its first mistake.
        """
        return cls(_attractor.Model.from_text(text, str(Path(folder) / "<python>")))

    def with_(self, changes: Mapping[str, Any] | None = None, /, **values: Any) -> Model:
        """The same model with other values at dotted keys, for example
        `with_({"projection.E_to_E.tau_syn": "5 ms"}, seed=3)`, or with whole sections in the place of its own:
        `with_(protocol=[{"name": "rest", "duration": "1 s"}])`.

        Raises:
            ModelError: if a change cannot be made, or makes a model that is not acceptable.
        """
        given = {**(changes or {}), **values}
        sections = {key: value for key, value in given.items() if key in _SECTIONS and isinstance(value, (Mapping, list))}
        native = self._native
        if sections:
            native = _attractor.Model.from_dict({**tomllib.loads(self.text), **sections}, native.path.parent)
        rest = {key: value for key, value in given.items() if key not in sections}
        return type(self)(native.changed(rest) if rest else native)

    def run(
        self,
        out: str | os.PathLike[str] | None = None,
        *,
        threads: int | None = None,
        progress: bool = False,
        force: bool = False,
        trial: int | None = None,
        origin: Run | str | os.PathLike[str] | None = None,
        at: str | float | None = None,
        future_seed: int | None = None,
        until: str | float | None = None,
        limit: float | None = None,
        commit: float = 2.0,
    ) -> Run:
        """Runs it, in memory or into the HDF5 file `out`; the result does not depend on the number of `threads` (one per
        core if none is given). Python is free for its other threads meanwhile.

        Ctrl-C ends it. What was recorded in a file stands then in `out` with `.part` behind its name, from where
        `attractor.go_on` and `attractor run --resume` go on.

        Args:
            out: the file; without one everything is in memory.
            threads: 1 to 1024.
            progress: shows how far it is, with tqdm if that is installed.
            force: overwrites an existing file.
            trial: runs this trial of the task only, from 1.
            origin, at: branches off from that run, or the one in that file, at that time, with its past; the protocol of this model follows from then on.
            future_seed: of random input after branching off.
            until: ends at this time of the network, "2 s" or a number on its clock; needs `out`.
            limit: ends after so many seconds of the clock on the wall; needs `out`. What ends early is a run that did not end,
                in `out` with `.part` behind its name.
            commit: how often, in seconds, everything is brought safely to disk: what a kill may cost of a run in a file.

        Warns:
            ModelWarning: of what the model is hardly meant to be.

        Raises:
            ModelError: if the network cannot be built, or memory lacks.
            FileError: if the output exists, or cannot be written.
            DivergenceError: if the activity grows without bound.
        """
        path = None if out is None else os.fspath(out)
        limits = *limits_of(until, limit, self.clock), seconds_of(commit)
        if path is None and limits[:2] != (None, None):
            raise ValueError("a run in memory goes to its end; give out to end it before, and to go on with it")
        if (origin is None) != (at is None) or (origin is None and future_seed is not None):
            raise ValueError("origin and at tell together where a run branches off, and future_seed what follows")
        branch = None
        if origin is not None:
            origin = origin if isinstance(origin, Run) else open_run(origin)
            branch = (origin._native, on_clock(at, self.clock), None if future_seed is None else seed_of(future_seed))
        for sentence in self.warnings():
            warnings.warn(sentence, ModelWarning, stacklevel=2)
        with shown(progress, self.duration, self.clock) as tell:
            native, found = self._native.run(path, number_of(threads), force, tell, trial, branch, limits)
            if tell is not None:
                tell(native.end)
        for sentence in found:
            warnings.warn(sentence, ModelWarning, stacklevel=2)
        return Run(native)

    def start(self, *, threads: int | None = None) -> Simulation:
        """Its network in motion, at the beginning: what it is shown, and for how long, is decided in Python.

        Raises:
            ModelError: if the network cannot be built, or memory lacks.
        """
        return Simulation(self, self._native.start(number_of(threads)))

    def wire(self, *, threads: int | None = None) -> Network:
        """Its network, down to the synapses.

        Raises:
            ModelError: if the network cannot be built, or memory lacks.
        """
        return Network(self, threads=threads)

    def check(self) -> str:
        """The model with every default in place, and what it takes, as `attractor check` prints it.

        Raises:
            ModelError: if memory lacks.
        """
        return self._native.told(["attractor", "check", "MODEL"])[0]

    def page(self, path: str | os.PathLike[str], *, force: bool = False) -> Path:
        """Writes a page on which to play with a binary or a small graded network, as `attractor page` does.

        Raises:
            ModelError: if it is another network, or too large.
            FileError: if the page exists, or cannot be written.
        """
        self._native.told(["attractor", "page", "MODEL", *options(output=path, force=force)])
        return Path(path)

    def warnings(self) -> list[str]:
        """What it can be, but is hardly meant to be, one sentence each; a run warns of them."""
        return self._native.warnings()

    def to_toml(self) -> str:
        """The model with every default in place, as a model file that builds on no other."""
        return self._native.to_toml()

    def to_dict(self) -> dict[str, Any]:
        """The same as a dictionary."""
        return tomllib.loads(self.to_toml())

    @property
    def text(self) -> str:
        """The model as its author wrote it, with all changes and all that it builds on."""
        return self._native.text

    @property
    def title(self) -> str:
        """One line about it."""
        return str(self.to_dict()["title"])

    @property
    def seed(self) -> int:
        """The seed of all random streams."""
        return int(self.to_dict()["seed"])

    @property
    def duration(self) -> float:
        """Time of the protocol and all trials, on its clock."""
        return self._native.duration

    @property
    def clock(self) -> str:
        """The unit of its time: ms, or sweeps."""
        return self._native.clock

    @property
    def observable(self) -> str:
        """What is seen of its network: spikes, states or graded."""
        return self._native.observable

    @property
    def memory(self) -> float:
        """Bytes that it takes while it runs, to some 20 %."""
        return self._native.memory

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Model) and self.to_toml() == other.to_toml()

    def __hash__(self) -> int:
        return hash(self.to_toml())

    def __reduce__(self) -> tuple[Any, ...]:
        return _again, (self._native.text, os.path.abspath(self._native.path))

    def __repr__(self) -> str:
        return f"<Model {self.title!r}, {self.duration:g} {self.clock}>"

    def _repr_html_(self) -> str:
        values = self.to_dict()

        def row(*cells: object) -> str:
            return "<tr>" + "".join(f"<td>{html.escape(str(cell))}</td>" for cell in cells) + "</tr>"

        populations = [row(name, f"{it['size']} neurons") for name, it in values["population"].items()]
        projections = [
            row(name, f"{it['from']} → {it['to']}") for name, it in values.get("projection", {}).items()
        ]
        patterns = [
            row(f"patterns of {name}", ", ".join(source)) for name, source in values.get("patterns", {}).items()
        ]
        lasts = row("lasts", f"{self.duration:g} {self.clock}, seed {self.seed}")
        return (
            f"<b>{html.escape(self.title)}</b><br>{html.escape(values['shows'])}<br>"
            f"<small>{html.escape(values['source'])}</small>"
            f"<table>{''.join([*populations, *patterns, *projections, lasts])}</table>"
            f"<details><summary>model file</summary><pre>{html.escape(self.text)}</pre></details>"
        )


def _again(text: str, path: str) -> Model:
    return Model(_attractor.Model.from_text(text, path))


class Models(Mapping[str, Model]):
    """The models that come with the package, by name."""

    #: Where their files stand.
    folder = Path(__file__).parent / "models"

    def __getitem__(self, name: str) -> Model:
        if name not in self._names():
            near = difflib.get_close_matches(name, self._names(), 1)
            raise KeyError(f"{name}; did you mean {near[0]}" if near else name)
        return Model.from_toml(self.folder / f"{name}.toml")

    def copy(self, name: str, folder: str | os.PathLike[str] = ".") -> Path:
        """Copies the file of a model, and the files that it names, to a folder, there to be changed; files of the same name
        stay as they are. Returns where its file stands.

        Raises:
            KeyError: if there is no such model.
        """
        self[name]
        folder, waiting, done = Path(folder), [f"{name}.toml"], set()
        known = {path.relative_to(self.folder).as_posix() for path in self.folder.rglob("*") if path.is_file()}
        while waiting:
            file = waiting.pop()
            (folder / file).parent.mkdir(parents=True, exist_ok=True)
            if not (folder / file).exists():
                shutil.copyfile(self.folder / file, folder / file)
            done.add(file)
            if file.endswith(".toml"):
                named = set(re.findall(r'"([^"\n]+)"', (self.folder / file).read_text(encoding="utf-8")))
                waiting += (named & known) - done
        return folder / f"{name}.toml"

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __repr__(self) -> str:
        return f"<models {', '.join(self)}>"

    def _names(self) -> list[str]:
        return sorted(path.stem for path in self.folder.glob("*.toml"))


models = Models()
