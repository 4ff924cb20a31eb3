"""`Confusion`: how a model confuses the classes, counted on validation cells."""

from dataclasses import dataclass
from typing import Annotated

import numpy as np
from numpy.typing import NDArray
from pydantic import Field

from hemoscope.calibration.arrays import scores_of
from hemoscope.predictions import Predictions

Count = Annotated[int, Field(ge=0)]


@dataclass(frozen=True)
class Confusion:
    """Counts of validation cells.

    Attributes:
        counts: C rows of C: `counts[t][p]` cells of class t were called p.
    """

    counts: tuple[tuple[Count, ...], ...]

    @classmethod
    def of(cls, predictions: Predictions) -> "Confusion":
        """Counted on labelled cells that the model never learned from.

        Raises:
            PredictionsError: The table has no labels.
            CalibrationError: It is calibrated already.
        """
        size = len(predictions.classes)
        counts = np.zeros((size, size), np.intp)
        np.add.at(counts, (predictions.truth(), scores_of(predictions).argmax(1)), 1)
        return cls(tuple(tuple(map(int, row)) for row in counts))

    def array(self) -> NDArray[np.float64]:
        """(C, C) counts, rows by truth."""
        return np.array(self.counts, np.float64)
