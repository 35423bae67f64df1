"""Sweeps: a model with every combination of some values, several times each, as one table."""

from __future__ import annotations

import json
import os
import tempfile
import warnings
from collections.abc import Callable, Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attractor import _attractor
from attractor._errors import ModelWarning
from attractor._model import Model
from attractor._progress import shown
from attractor._words import limits_of, number_of, options, part_of, swept

if TYPE_CHECKING:
    from concurrent.futures import Executor

    import pandas


class Table:
    """What a sweep has left: a row per run, and one per trial.

    Made by `attractor.sweep`, `merge` and `open_table`.
    """

    def __init__(self, native: _attractor.SweptTable) -> None:
        self._native = native

    @property
    def complete(self) -> bool:
        """Whether the sweep came to its end."""
        return self._native.complete

    @property
    def shard(self) -> tuple[int, int] | None:
        """(i, n) if it is shard i of n of a sweep, from 1."""
        if self._native.shard is None:
            return None
        i, n = self._native.shard.split("/")
        return int(i), int(n)

    @property
    def table_hash(self) -> str:
        """The hash of all that is in it, whoever ran it and wherever."""
        return self._native.table_hash

    @property
    def keys(self) -> list[str]:
        """The keys that were swept."""
        return self._native.keys

    @property
    def measured(self) -> list[str]:
        """The columns of what was measured of every run."""
        return self._native.measured

    @property
    def frame(self) -> pandas.DataFrame:
        """One row per run (needs pandas): its values, its seed, what was measured, its hash, why it failed."""
        import pandas

        return pandas.DataFrame(self._native.runs()).set_index("run")

    @property
    def trials(self) -> pandas.DataFrame:
        """One row per trial of every run (needs pandas)."""
        import pandas

        return pandas.DataFrame(self._native.trials())

    def summary(self) -> str:
        """What the command prints about it."""
        return self._native.summary()[0]

    def info(self) -> dict[str, Any]:
        """All that the summary tells, as `attractor info --json` does."""
        return dict(self._native.summary()[1])

    def histogram(
        self,
        column: str,
        path: str | os.PathLike[str] | None = None,
        *,
        log_y: bool = False,
        force: bool = False,
    ) -> bytes | None:
        """Draws the shares of trials by a column with numbers, for every point, as `attractor plot --histogram` does: to
        `path`, which `force` overwrites, or as PNG in memory.

        Raises:
            ModelError: if there is no such column.
            FileError: if the figure exists, or cannot be written.
        """
        return self._native.histogram(column, log_y, None if path is None else os.fspath(path), force)

    def plot(
        self,
        y: str,
        x: str | None = None,
        *,
        path: str | os.PathLike[str] | None = None,
        series: str | None = None,
        capacity: float | None = None,
        log_y: bool = False,
        within: tuple[float, float] | None = None,
        force: bool = False,
    ) -> bytes | None:
        """Draws means and standard errors of the column `y` against `x`, with the line of theory where one applies, as
        `attractor plot --y` does: to `path` (.png, .svg), or as PNG in memory.

        Args:
            y: a column of `trials`, or one of `measured`.
            x: a swept key, load (P/N), coding_level, temperature, a column of the trials, or age/N; the first swept key with
                numbers if none is given.
            series: what has a curve for every value, named like x.
            capacity: draws the largest load at which the mean of y is at least this.
            log_y: equal distances in y are equal factors.
            within: shows x from one number to another only.
            force: overwrites an existing figure.

        Raises:
            ModelError: if there is no such column.
            FileError: if the figure exists, or cannot be written.
        """
        return self._native.draw(y, x, series, capacity, log_y, within, path, force)

    def __reduce__(self) -> tuple[Any, ...]:
        with tempfile.TemporaryDirectory() as place:
            path = Path(place) / "sweep.h5"
            self._native.save(path)
            return _again, (path.read_bytes(),)

    def __repr__(self) -> str:
        ended = "" if self.complete else ", did not end"
        part = "" if self._native.shard is None else f", shard {self._native.shard}"
        runs = len(self._native.runs()["run"])
        return f"<Table of {runs} runs over {', '.join(self.keys) or 'seeds'}{part}{ended}>"


def _again(file: bytes) -> Table:
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "sweep.h5"
        path.write_bytes(file)
        return open_table(path)


def sweep(
    model: Model,
    over: Mapping[str, Iterable[Any] | str],
    repeat: int = 1,
    *,
    out: str | os.PathLike[str] | None = None,
    threads: int | None = None,
    keep: str | os.PathLike[str] | None = None,
    progress: bool = False,
    force: bool = False,
    resume: bool = False,
    limit: float | None = None,
    shard: tuple[int, int] | None = None,
    executor: Executor | None = None,
) -> Table:
    """Runs `model` with every combination of the values that `over` gives to dotted keys, and `repeat` successive seeds each:
    the table is that of `attractor sweep`, whoever makes the runs.

    Args:
        over: lists, or texts as the command has them: "0.1:0.5:5", "1:100:3:log". Several keys make a grid; the first varies
            most slowly.
        repeat: how many runs every point has.
        out: the file of the table; without one it is in memory alone.
        threads: of all runs together, one per core if none is given; with an `executor` of each of its tasks, one.
        keep: a folder in which the recordings of all runs stay.
        progress: shows how far it is, with tqdm if that is installed.
        force, resume: overwrites a table, or goes on with one that did not end.
        limit: ends after so many seconds of the clock on the wall; needs `out`. The table is then one that did not end, in
            `out` with `.part` behind its name, and `resume` goes on with it.
        shard: (i, n) makes only every n-th run, from run i on, counted from 1; `merge` puts the parts together.
        executor: any of concurrent.futures, or what has its `submit`: the runs are divided among its tasks, which need
            neither the files nor the disk of this process, unless the model names files or `keep` is given.

    Warns:
        ModelWarning: of what the models are hardly meant to be.

    Raises:
        ModelError: at the first point that is not acceptable. A run that fails later is no error: its row says why.
        FileError: if the table exists, or cannot be written.
    """
    if force and resume:
        raise ValueError("a table is either overwritten or gone on with")
    if repeat < 1:
        raise ValueError(f"repeat is {repeat}; it is at least 1")
    if executor is not None and (resume or shard is not None):
        raise ValueError("with an executor a sweep is made whole, and anew")
    if executor is not None and not hasattr(executor, "submit"):
        raise TypeError(f"executor is {executor!r}; it has submit, as those of concurrent.futures")
    limit = limits_of(None, limit, "")[1]
    if limit is not None and (out is None or executor is not None):
        raise ValueError("a sweep in memory, or with an executor, goes to its end")
    begin = "over" if force else "resume" if resume else "new"
    folder = None if keep is None else os.path.abspath(keep)
    words = swept(over)
    native, part = model._native, part_of(shard)
    runs = _attractor.runs_of(words, repeat, part)
    with tempfile.TemporaryDirectory() as place, shown(progress, runs, "runs") as tell:
        path = Path(place) / "sweep.h5" if out is None else Path(out)
        if executor is None:
            one = number_of(threads)
            table, sentences = _attractor.sweep(native, words, repeat, path, one, folder, begin, tell, part, limit)
            if tell is not None and table.complete:
                tell(runs)
        else:
            threads = 1 if threads is None else number_of(threads)
            claim = _attractor.Claim(native, words, repeat, path, folder, begin)
            try:
                given = (model, words, repeat, threads, folder, begin)
                parts = _made(executor, given, runs, Path(place), tell)
            finally:
                claim.close()
            table, sentences = _attractor.merge(parts, path, force, True), claim.warnings
    for sentence in sentences:
        warnings.warn(sentence, ModelWarning, stacklevel=2)
    return Table(table)


def merge(
    parts: Iterable[str | os.PathLike[str]], out: str | os.PathLike[str] | None = None, *, force: bool = False
) -> Table:
    """The table of a sweep whose shards stand in these files, as `attractor merge` makes it: that of the sweep on one machine,
    with its hash; in the file `out`, or in memory.

    Raises:
        ModelError: if runs are missing.
        FileError: if a part is none, is damaged, or of another sweep, or if `out` exists or cannot be written.
    """
    if isinstance(parts, str | bytes | os.PathLike):
        raise TypeError(f"parts is {parts!r}; it is a list of files")
    files = [os.fspath(part) for part in parts]
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "sweep.h5" if out is None else Path(out)
        return Table(_attractor.merge(files, path, force, False))


def plan(
    model: Model,
    over: Mapping[str, Iterable[Any] | str],
    repeat: int = 1,
    *,
    threads: int | None = None,
    shard: tuple[int, int] | None = None,
) -> dict[str, Any]:
    """What a sweep takes, as `attractor sweep --plan --json` tells: runs, memory, disk, and the time of a run, found in short
    starts of the first and the last one; and in `warnings` what the models are hardly meant to be. Nothing is written.

    Raises:
        ModelError: at the first point that is not acceptable.
    """
    part, own = part_of(shard), number_of(threads) or None
    words = options(over=swept(over), repeat=repeat, threads=own, shard=part, plan=True, json=True)
    return dict(json.loads(model._native.told(["attractor", "sweep", "MODEL", *words])[0]))


#: A sweep with an executor has no more tasks: each leaves a file.
MOST_TASKS = 1000


def _made(
    executor: Executor,
    given: tuple[Model, list[str], int, int, str | None, str],
    runs: int,
    place: Path,
    tell: Callable[[float], object] | None,
) -> list[str]:
    """The shards of a sweep of so many runs, made by tasks of an executor, as files in a folder."""
    number = min(runs, MOST_TASKS)
    futures = [executor.submit(_part, *given, f"{shard}/{number}") for shard in range(1, number + 1)]
    parts, ended = [], 0
    try:
        for shard, future in enumerate(futures):
            parts.append(os.fspath(place / f"part-{shard + 1}.h5"))
            Path(parts[-1]).write_bytes(future.result())
            ended += len(range(shard, runs, number))
            if tell is not None:
                tell(ended)
    finally:
        for future in futures:
            future.cancel()
    return parts


def _part(
    model: Model, words: list[str], repeat: int, threads: int, keep: str | None, begin: str, shard: str
) -> bytes:
    """A shard, as the bytes of its file."""
    with tempfile.TemporaryDirectory() as place:
        path = Path(place) / "part.h5"
        _attractor.sweep(model._native, words, repeat, path, threads, keep, begin, None, shard, None)
        return path.read_bytes()


def open_table(path: str | os.PathLike[str]) -> Table:
    """The table of a sweep in a file; of one that did not end, what was committed.

    Raises:
        FileError: if there is none, or it is damaged.
    """
    return Table(_attractor.SweptTable.open(os.fspath(path)))

