"""`KnownCells`: labelled cells that a score of strangeness is fitted on, as arrays."""

from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hemoscope.calibration.arrays import Array, Indices, scores_of
from hemoscope.calibration.errors import CalibrationError
from hemoscope.calibration.folds import group_indices
from hemoscope.predictions import Predictions


@dataclass(frozen=True, eq=False)
class KnownCells:
    """n cells of C classes.

    Attributes:
        classes: The C class names.
        logits: (n, C).
        truth: (n,) class indices.
        features: (n, F), or None: scores that need them cannot be fitted.
        groups: (n,) group indices, or None.
    """

    classes: tuple[str, ...]
    logits: Array
    truth: Indices
    features: NDArray[Any] | None = None
    groups: Indices | None = None

    def __post_init__(self) -> None:
        if self.features is not None and len(self.features) != len(self.truth):
            raise CalibrationError(
                f"{len(self.features)} rows of features for {len(self.truth)} cells. Hand in the "
                "features of these very cells."
            )

    def __len__(self) -> int:
        return len(self.truth)

    @classmethod
    def of(cls, predictions: Predictions, features: NDArray[Any] | None = None) -> "KnownCells":
        """The cells of a table with labels.

        Args:
            predictions: As the model wrote it.
            features: (n, F), in the order of the table.

        Raises:
            PredictionsError: The table has no labels.
            CalibrationError: It is calibrated already, or the features are of other cells.
        """
        return cls(
            predictions.classes,
            scores_of(predictions),
            predictions.truth(),
            features,
            group_indices(predictions),
        )

    def take(self, rows: NDArray[Any]) -> "KnownCells":
        """Some of the cells, by index or by flag."""
        return replace(
            self,
            logits=self.logits[rows],
            truth=self.truth[rows],
            features=None if self.features is None else self.features[rows],
            groups=None if self.groups is None else self.groups[rows],
        )

    def without(self, position: int) -> "KnownCells":
        """As if a class had never been: its cells and its column of logits are left out."""
        rest = self.take(self.truth != position)
        return replace(
            rest,
            classes=tuple(name for c, name in enumerate(self.classes) if c != position),
            logits=np.delete(rest.logits, position, axis=1),
            truth=rest.truth - (rest.truth > position),
        )
