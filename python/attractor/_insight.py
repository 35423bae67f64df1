"""What is known of a model without running it."""

from __future__ import annotations

import json
import os
from collections.abc import Iterable, Mapping
from typing import Any

from attractor._model import Model
from attractor._words import options, swept


def theory(
    model: Model,
    over: Mapping[str, Iterable[Any] | str] | None = None,
    *,
    path: str | os.PathLike[str] | None = None,
    table: str | os.PathLike[str] | None = None,
    force: bool = False,
) -> Any:
    """What theory says of a model, as `attractor theory --json` does: of spiking neurons all states in mean field with their
    rates and stability, of binary and rate networks how patterns are recalled.

    Args:
        over: one or two keys and their values, as `attractor.sweep` has them: the states of spiking neurons at every point.
        path: draws them there (.png or .svg): rates against one key, or where memories exist against two.
        table: the file of a sweep over the same keys, which is drawn too.
        force: overwrites an existing figure.

    Returns:
        A dictionary; with `over` a list of them, each with its `settings`.

    Raises:
        ModelError: if no theory knows such a network.
        FileError: if the figure exists, or cannot be written.
    """
    words = options(json=True, over=swept(over or {}), output=path, table=table, force=force)
    told = json.loads(model._native.told(["attractor", "theory", "MODEL", *words])[0])
    if over is None and isinstance(told, list):
        return {key: value for key, value in told[0].items() if key != "settings"}
    return told


def states(
    model: Model,
    over: Mapping[str, Iterable[Any] | str] | None = None,
    *,
    path: str | os.PathLike[str] | None = None,
    view: str | None = None,
    neuron: int | None = None,
    starts: int | None = None,
    grid: int | None = None,
    csv: str | os.PathLike[str] | None = None,
    force: bool = False,
) -> dict[str, Any]:
    """All fixed points of a binary network with few neurons, or those found of a graded one, what they are and what leads to
    them, as `attractor states --json` tells.

    Args:
        over: of a graded network one key and its values: the fixed points at each, and the branches on which they lie.
        path: draws them there (.png or .svg), or against the key.
        view: what is drawn, as `--as` names it.
        neuron: whose activity is drawn against the key, from 0.
        starts: random starts from which fixed points are sought.
        grid: starts along either axis of a phase portrait.
        csv: writes the fixed points at every value as a table.
        force: overwrites existing files.

    Raises:
        ModelError: if it is another network.
        FileError: if a file exists, or cannot be written.
    """
    one = None if neuron is None else neuron + 1
    words = options(
        json=True, over=swept(over or {}), output=path, neuron=one, starts=starts, grid=grid, csv=csv, force=force
    )
    words += options(as_=view)
    return dict(json.loads(model._native.told(["attractor", "states", "MODEL", *words])[0]))
