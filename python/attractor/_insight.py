"""What is known of a model without running it."""

from __future__ import annotations

from typing import Any

from attractor import _attractor
from attractor._model import Model


def theory(model: Model) -> dict[str, Any]:
    """What theory says of a model, as `attractor theory --json` does: of spiking neurons all states in mean field with their
    rates and stability, of binary and rate networks how patterns are recalled.

    Raises:
        ModelError: if no theory knows such a network.
    """
    return dict(_attractor.theory(model._native))


def states(model: Model) -> dict[str, Any]:
    """All fixed points of a binary network with few neurons, or those found of a graded one, what they are and what leads to
    them, as `attractor states --json` tells.

    Raises:
        ModelError: if it is another network.
    """
    return dict(_attractor.states(model._native))
