"""`ClassMeans`: where a model's logits lie for cells of each class."""

from dataclasses import dataclass
from typing import Self

import numpy as np

from hemoscope.calibration.arrays import Array, scores_of
from hemoscope.predictions import Predictions

NEXT_TO_NONE = 1e-12


@dataclass(frozen=True)
class ClassMeans:
    """Mean logits of validation cells.

    Attributes:
        logits: C rows of C: `logits[t]` are the mean logits of cells of class t; None for a class
            without a cell.
    """

    logits: tuple[tuple[float, ...] | None, ...]

    @classmethod
    def of(cls, predictions: Predictions) -> Self:
        """Of labelled cells that the model never learned from.

        Raises:
            PredictionsError: The table has no labels.
            CalibrationError: It is calibrated already.
        """
        scores, truth = scores_of(predictions), predictions.truth()
        # An offset that all logits of a cell share says nothing, and may differ from cell to cell.
        scores = scores - scores.mean(1, keepdims=True)
        return cls(
            tuple(
                tuple(scores[truth == c].mean(0).tolist()) if (truth == c).any() else None
                for c in range(len(predictions.classes))
            )
        )

    def mixed(self, shares: Array) -> Array:
        """(C,) mean logits of cells whose shares of the C classes are these.

        Classes without a mean are left out, and the others' shares rescaled to 1; where all cells
        are of such classes, the others count alike.
        """
        known = np.array([row is not None for row in self.logits])
        rows = np.array([row for row in self.logits if row is not None])
        weights = shares[known] + NEXT_TO_NONE
        return weights / weights.sum() @ rows
