"""Trials: known cells, cells that pass for unknown ones, and how well a method tells them apart."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hemoscope.calibration.arrays import Array
from hemoscope.calibration.unknown.known_cells import KnownCells

LEFT_OUT = "without "


@dataclass(frozen=True, eq=False)
class UnknownCells:
    """m cells of none of the classes, as the same model saw them.

    Attributes:
        logits: (m, C).
        features: (m, F), or None.
    """

    logits: Array
    features: NDArray[Any] | None = None


@dataclass(frozen=True, eq=False)
class Trial:
    """One question to every method.

    Attributes:
        name: What is unknown in it.
        known: Validation cells of known classes.
        reference: Cells to fit measures on, of the same classes; None: half of `known`.
        unknown: Cells to be told apart from them.
    """

    name: str
    known: KnownCells
    reference: KnownCells | None
    unknown: UnknownCells


def leave_one_class_out(known: KnownCells, reference: KnownCells | None = None) -> Iterator[Trial]:
    """A trial for each class of at least one cell: it is taken out, and its cells are unknown.

    Its cells and its column of logits are left out of all that is fitted. The network itself has
    seen the class, so its features may separate it better than a class that is truly new. Where a
    model was trained without a class, make a `Trial` of that model's tables instead.

    Args:
        known: Validation cells.
        reference: Other cells to fit measures on.
    """
    for position, name in enumerate(known.classes):
        left_out = known.take(known.truth == position)
        if len(left_out):
            yield Trial(
                LEFT_OUT + name,
                known.without(position),
                None if reference is None else reference.without(position),
                UnknownCells(np.delete(left_out.logits, position, axis=1), left_out.features),
            )


def outside_trials(
    known: KnownCells, reference: KnownCells | None, outside: Mapping[str, UnknownCells]
) -> Iterator[Trial]:
    """A trial for each set of cells from outside, all classes known.

    Args:
        known: Validation cells.
        reference: Other cells to fit measures on.
        outside: Cells of none of the classes, by name.
    """
    for name, cells in outside.items():
        yield Trial(name, known, reference, cells)
