"""Errors: where, what was found, what is allowed, how to mend it."""

from __future__ import annotations

import os


class AttractorError(Exception):
    """What went wrong, as one sentence, and its parts.

    Attributes:
        path: the file in which its cause stands, if there is one.
        line, column: where in that file, from 1, if it is known.
        key: the dotted key of the model that is concerned, or "".
        found, allowed, remedy: the parts of the sentence, or "".
    """

    path: str | None
    line: int | None
    column: int | None
    key: str
    found: str
    allowed: str
    remedy: str

    def __init__(
        self,
        message: str,
        *,
        path: str | os.PathLike[str] | None = None,
        line: int | None = None,
        column: int | None = None,
        key: str = "",
        found: str = "",
        allowed: str = "",
        remedy: str = "",
    ) -> None:
        super().__init__(message)
        self.path = None if path is None else os.fspath(path)
        self.line, self.column, self.key = line, column, key
        self.found, self.allowed, self.remedy = found, allowed, remedy

    def about(self, file: os.PathLike[str], other: os.PathLike[str]) -> AttractorError:
        """The same error, of another file."""

        def named(text: str) -> str:
            return text.replace(os.fspath(file), os.fspath(other))

        return type(self)(
            named(str(self)),
            path=None if self.path is None else named(self.path),
            line=self.line,
            column=self.column,
            key=self.key,
            found=named(self.found),
            allowed=named(self.allowed),
            remedy=named(self.remedy),
        )


class ModelWarning(UserWarning):
    """What a model can be, but is hardly meant to be: one sentence, as the command prints it."""


class ModelError(AttractorError, ValueError):
    """A model, or an argument, is not acceptable."""


class FileError(AttractorError, OSError):
    """A file cannot be read or written, or is not what it should be."""


def refused(key: str, found: str, allowed: str, remedy: str) -> ModelError:
    """The error of an argument, as one sentence like those of the model file."""
    sentence = "; ".join(part for part in (f"{key}: {found}", allowed, remedy) if part)
    return ModelError(f"{sentence}.", key=key, found=found, allowed=allowed, remedy=remedy)


class DivergenceError(AttractorError, ArithmeticError):
    """The activity of a network left the range of numbers while it ran."""
