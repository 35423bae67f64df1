"""What there is of every population, by its name, and read when it is asked for."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from typing import Generic, TypeVar

T = TypeVar("T")


class ByName(Mapping[str, T], Generic[T]):
    """A mapping from names to what is read anew every time."""

    def __init__(self, names: Callable[[], list[str]], read: Callable[[str], T]) -> None:
        self._names, self._read = names, read

    def __getitem__(self, name: str) -> T:
        known = self._names()
        if name not in known:
            raise KeyError(f"{name}; there is {', '.join(known) or 'none'}")
        return self._read(name)

    def __iter__(self) -> Iterator[str]:
        return iter(self._names())

    def __len__(self) -> int:
        return len(self._names())

    def __repr__(self) -> str:
        return f"<{', '.join(self) or 'empty'}>"
