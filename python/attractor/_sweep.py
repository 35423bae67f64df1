"""Sweeps: a model with every combination of some values, several times each, as one table."""

from __future__ import annotations

import os
import tempfile
import warnings
from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import TYPE_CHECKING, Any

from attractor import _attractor
from attractor._errors import ModelWarning
from attractor._model import Model
from attractor._progress import shown
from attractor._words import number_of, swept

if TYPE_CHECKING:
    import pandas


class Table:
    """What a sweep has left: a row per run, and one per trial.

    Made by `attractor.sweep` and `attractor.open_table`.
    """

    def __init__(self, native: _attractor.SweptTable) -> None:
        self._native = native

    @property
    def complete(self) -> bool:
        """Whether the sweep came to its end."""
        return self._native.complete

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
        self, column: str, path: str | os.PathLike[str] | None = None, *, log_y: bool = False
    ) -> bytes | None:
        """Draws the shares of trials by a column with numbers, for every point, as `attractor plot --histogram` does: to
        `path`, or as PNG in memory."""
        return self._native.histogram(column, log_y, None if path is None else os.fspath(path))

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
    ) -> bytes | None:
        """Draws means and standard errors of the column `y` against `x`, with the line of theory where one applies, as
        `attractor plot --y` does: to `path`, or as PNG in memory."""
        return self._native.draw(y, x, series, capacity, log_y, within, path)

    def __repr__(self) -> str:
        ended = "" if self.complete else ", did not end"
        return f"<Table of {len(self._native.runs()['run'])} runs over {', '.join(self.keys) or 'seeds'}{ended}>"


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
) -> Table:
    """Runs `model` with every combination of the values that `over` gives to dotted keys, and `repeat` successive seeds each:
    the table is that of `attractor sweep`.

    Args:
        over: lists, or texts as the command has them: "0.1:0.5:5", "1:100:3:log".
        out: the file of the table; without one it is in memory alone.
        keep: a folder in which the recordings of all runs stay.
        force, resume: overwrites a table, or goes on with one that did not end.

    Raises:
        ModelError: at the first point that is not acceptable. A run that fails later is no error: its row says why.
        FileError: if the table exists, or cannot be written.
    """
    if force and resume:
        raise ValueError("a table is either overwritten or gone on with")
    if repeat < 1:
        raise ValueError(f"repeat is {repeat}; it is at least 1")
    begin = "over" if force else "resume" if resume else "new"
    folder = None if keep is None else os.fspath(keep)
    with tempfile.TemporaryDirectory() as place, shown(progress, 1.0, "runs") as tell:
        path = Path(place) / "sweep.h5" if out is None else Path(out)
        made = _attractor.sweep(model._native, swept(over), repeat, path, number_of(threads), folder, begin, tell)
    table, sentences = made
    for sentence in sentences:
        warnings.warn(sentence, ModelWarning, stacklevel=2)
    return Table(table)


def open_table(path: str | os.PathLike[str]) -> Table:
    """The table of a sweep in a file; of one that did not end, what was committed.

    Raises:
        FileError: if there is none, or it is damaged.
    """
    return Table(_attractor.SweptTable.open(os.fspath(path)))

