"""How another source shifts a model's logits, learned from its cells without a label.

Another microscope or stain moves all cells of a source in the same direction, as far as a model's
last layer is concerned: its features become f + d, and its logits W f + W d. The shift W d, one
number a class, is what the mean logits of the source differ by from those that cells of its classes
have among the validation cells. Which classes these are is not known, but the model says for each
cell how probable each is, and better once the shift is taken out. So both are found in turns, as
in expectation-maximisation (Dempster, Laird and Rubin 1977).
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Self

import numpy as np

from hemoscope.calibration.arrays import Array
from hemoscope.calibration.class_means import ClassMeans

STEADY = 50
"""As many cells that show no shift are thought in, so that a handful shifts next to nothing."""
TURNS = 200
CLOSE = 1e-6


@dataclass(frozen=True)
class SourceShift:
    """What a source adds to the logits of every cell.

    Attributes:
        offsets: C numbers, whose sum is 0.
        cells: How many cells it was learned from.
    """

    offsets: tuple[float, ...]
    cells: int

    @classmethod
    def learn(cls, logits: Array, means: ClassMeans, stated: Callable[[Array], Array]) -> Self:
        """From cells of one source.

        Args:
            logits: (n, C) of these cells, n at least 1.
            means: Of the validation cells.
            stated: (n, C) logits of cells like the validation cells → probabilities.
        """
        cells, classes = logits.shape
        weight = cells / (cells + STEADY)
        seen = logits.mean(0) - logits.mean()
        offsets = np.zeros(classes)
        for _ in range(TURNS):
            shares = stated(logits - offsets).mean(0)
            before, offsets = offsets, weight * (seen - means.mixed(shares))
            if np.abs(offsets - before).max() < CLOSE:
                break
        return cls(tuple(offsets.tolist()), cells)

    def apply(self, logits: Array) -> Array:
        """(n, C) logits → the same without the shift."""
        return logits - np.array(self.offsets)
