"""`Scored`: a labelled predictions table as the plain arrays that statistics take."""

from dataclasses import dataclass

import numpy as np
import pandas as pd

from hemoscope.evaluation.arrays import Array, Flags, Indices
from hemoscope.evaluation.errors import EvaluationError
from hemoscope.predictions import Predictions


@dataclass(frozen=True, eq=False)
class Scored:
    """n cells with their true class and what a model said.

    Attributes:
        classes: The C class names.
        truth: (n,) true class indices.
        predicted: (n,) predicted class indices.
        confidence: (n,) probability of the predicted class.
        probabilities: (n, C) float64, rows sum to 1.
        loss: (n,) negative log-likelihood of the true class, nats; may be inf.
        groups: (n,) group indices 0 … G-1, or None.
    """

    classes: tuple[str, ...]
    truth: Indices
    predicted: Indices
    confidence: Array
    probabilities: Array
    loss: Array
    groups: Indices | None

    def __len__(self) -> int:
        return len(self.truth)

    @property
    def right(self) -> Flags:
        """(n,) whether the cell was called right."""
        return self.truth == self.predicted

    @property
    def group_count(self) -> int | None:
        """Number of groups, or None."""
        return None if self.groups is None else int(self.groups.max()) + 1

    @classmethod
    def of(cls, predictions: Predictions) -> "Scored":
        """Takes the arrays from a table.

        Raises:
            PredictionsError: The table has no labels.
            EvaluationError: The table has no cells.
        """
        truth = predictions.truth()
        if len(truth) == 0:
            raise EvaluationError(
                "the predictions table has no cells, so there is nothing to evaluate. Check the "
                "selection (--split-column, --use) it was made with."
            )
        groups = None if predictions.groups is None else pd.factorize(predictions.groups)[0]
        return cls(
            classes=predictions.classes,
            truth=truth,
            predicted=predictions.predicted,
            confidence=predictions.confidence,
            probabilities=predictions.probabilities,
            loss=-predictions.log_probabilities[np.arange(len(truth)), truth],
            groups=groups,
        )
