"""How far a run is: a bar of tqdm where that is installed, and plain lines elsewhere."""

from __future__ import annotations

import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager

#: Seconds from one plain line to the next.
EVERY = 5.0


@contextmanager
def shown(wanted: bool, duration: float, clock: str) -> Iterator[Callable[[float], None] | None]:
    """Gives what is to be told the time that has been reached."""
    if not wanted:
        yield None
        return
    try:
        from tqdm.auto import tqdm
    except ImportError:
        yield _lines(duration, clock)
        return
    form = "{l_bar}{bar}| {n:.0f}/{total:.0f} {unit} [{elapsed}<{remaining}]"
    with tqdm(total=duration, unit=clock, bar_format=form) as bar:

        def tell(reached: float) -> None:
            bar.n = max(bar.n, min(reached, duration))
            bar.refresh()

        yield tell


def _lines(duration: float, clock: str) -> Callable[[float], None]:
    told, ended = time.monotonic(), False

    def tell(reached: float) -> None:
        nonlocal told, ended
        if time.monotonic() - told >= EVERY or (reached >= duration and not ended):
            told, ended = time.monotonic(), reached >= duration
            print(f"  {reached:.0f} of {duration:.0f} {clock}", file=sys.stderr)

    return tell
