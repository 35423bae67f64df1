"""The command, from Python."""

from __future__ import annotations

import json
import os
from typing import Any, NamedTuple

from attractor import _attractor


class Told(NamedTuple):
    """What a command has done."""

    #: What it printed.
    text: str
    #: Whether all was as expected: the exit code 0.
    good: bool

    def __str__(self) -> str:
        return self.text


def command(*words: str | os.PathLike[str]) -> Told:
    """Does what `attractor WORDS...` does in a shell, for example `command("reproduce", "A14")`, and returns what it prints.
    Ctrl-C is heard once it is done; `run` and `sweep`, which listen to signals by themselves, are `Model.run` and
    `attractor.sweep`.

    Raises:
        ModelError: if it does not understand its words, or refuses a model.
        FileError: if a file is missing, exists already, or cannot be written.
    """
    return Told(*_attractor.told(["attractor", *(os.fspath(word) for word in words)]))


def schema() -> dict[str, Any]:
    """The JSON Schema of the model file."""
    return dict(json.loads(_attractor.schema()))
