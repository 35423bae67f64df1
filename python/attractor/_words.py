"""Arguments as the command has them."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from numbers import Real
from typing import Any


def number_of(threads: int | None) -> int:
    """Of threads; 0 is one per core."""
    if threads is None:
        return 0
    if not hasattr(threads, "__index__"):
        raise TypeError(f"threads is {threads!r}; it is a whole number")
    if not 1 <= threads <= 1024:
        raise ValueError(f"threads is {threads}; allowed is 1 to 1024")
    return int(threads)


def part_of(shard: tuple[int, int] | None) -> str | None:
    """A shard as the command has it: I/N."""
    if shard is None:
        return None
    if not isinstance(shard, tuple | list) or len(shard) != 2:
        raise TypeError(f"shard is {shard!r}; it is (i, n), shard i of n, from 1")
    return f"{shard[0]}/{shard[1]}"


#: The largest seed: TOML has no larger whole numbers.
LARGEST_SEED = 2**63 - 1


def seed_of(seed: int) -> int:
    """A seed of random streams."""
    if not hasattr(seed, "__index__"):
        raise TypeError(f"the seed is {seed!r}; it is a whole number")
    if not 0 <= seed <= LARGEST_SEED:
        raise ValueError(f"the seed is {seed}; allowed is 0 to {LARGEST_SEED}")
    return int(seed)


def bounds_of(neurons: range | None) -> tuple[int, int] | None:
    """The first of some neurons, and the one after the last."""
    if neurons is None:
        return None
    if neurons.step != 1:
        raise ValueError("neurons are a range without gaps")
    return neurons.start, neurons.stop


def on_clock(time: Any, clock: str) -> str:
    """A time with its unit: a text, or a number on the clock of a network."""
    return time if isinstance(time, str) else f"{float(time)!r} {clock}"


def limits_of(until: str | float | None, limit: float | None, clock: str) -> tuple[str | None, float | None]:
    """How far a run goes: a time of its network, and seconds of the clock on the wall."""
    if limit is not None and not isinstance(limit, Real):
        raise TypeError(f"limit is {limit!r}; it is a number of seconds")
    if limit is not None and not limit > 0:
        raise ValueError(f"limit is {limit}; allowed is a number of seconds above 0")
    return None if until is None else on_clock(until, clock), None if limit is None else float(limit)


def seconds_of(commit: float) -> float:
    """How often a run is committed."""
    if not isinstance(commit, Real):
        raise TypeError(f"commit is {commit!r}; it is a number of seconds")
    if not 0.01 <= commit <= 1e6:
        raise ValueError(f"commit is {commit}; allowed is a number of seconds from 0.01 to 1e6")
    return float(commit)


def swept(over: Mapping[str, Iterable[Any] | str]) -> list[str]:
    """KEY=VALUES for every key."""
    return [
        f"{key}={values if isinstance(values, str) else ','.join(map(_value, values))}" for key, values in over.items()
    ]


def options(**given: Any) -> list[str]:
    """The options of a command whose values are given: flags if they are True; lists stand several times."""
    words: list[str] = []
    for name, value in given.items():
        option = f"--{name.strip('_').replace('_', '-')}"
        if value is True:
            words.append(option)
        elif value is not None and value is not False:
            each = value if isinstance(value, list) else [value]
            # In one word, so that a name may begin with "-".
            words += [f"{option}={one}" for one in each]
    return words


def _value(value: Any) -> str:
    if isinstance(value, bool):
        return str(value).lower()
    # numpy's numbers print their type.
    return repr(float(value)) if isinstance(value, float) else str(value)
