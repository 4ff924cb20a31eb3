"""The control of a disease model: healthy cells from the source of the diseased ones.

Where healthy cells come from one laboratory and diseased ones from another, a model can tell the
laboratory instead of the disease (stain, background, resolution) and look perfect. Healthy cells
from the diseased ones' laboratory unmask it: it calls them diseased.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import beta

from hemoscope.evaluation.errors import EvaluationError
from hemoscope.predictions import Predictions

LIMIT = 0.05
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Control:
    """How many control cells were called pathological.

    Attributes:
        cells: Control cells: none of them pathological, all from the source of those that are.
        called: How many were called pathological.
        share: `called` / `cells`, in [0, 1].
        upper: One-sided upper limit of the share at `confidence` (Clopper and Pearson 1934), for
            independent cells.
        limit: What `upper` may be at most.
        confidence: In (0, 1).
    """

    cells: int
    called: int
    share: float
    upper: float
    limit: float
    confidence: float

    @property
    def small(self) -> bool:
        """Whether the control allows to speak of the disease at all."""
        return self.upper <= self.limit

    @property
    def verdict(self) -> str:
        """What may be said of the model, in words."""
        found = (
            f"{self.called} of {self.cells} control cells called pathological (upper "
            f"{100 * self.confidence:g} % limit {100 * self.upper:.1f} %, allowed "
            f"{100 * self.limit:g} %)"
        )
        if self.small:
            return f"control passed: {found}; research only, not clinically validated"
        return f"not leukaemia detection: {found}"


def source_control(
    called_pathological: ArrayLike, *, limit: float = LIMIT, confidence: float = CONFIDENCE
) -> Control:
    """Judges the control cells.

    Args:
        called_pathological: (n,) whether each control cell was called pathological.
        limit: The largest upper limit of the share that is let pass, in (0, 1).
        confidence: Of the upper limit, in (0, 1).

    Raises:
        EvaluationError: There are no control cells, or an option is out of range.
    """
    called = np.asarray(called_pathological, dtype=bool)
    if len(called) == 0:
        raise EvaluationError(
            "there are no control cells. Without healthy cells from the source of the diseased "
            "ones nobody can tell whether a model knows the disease or the source."
        )
    if not (0 < limit < 1 and 0 < confidence < 1):
        raise EvaluationError(f"limit {limit} and confidence {confidence} lie between 0 and 1.")
    count, cells = int(called.sum()), len(called)
    upper = 1.0 if count == cells else float(beta.ppf(confidence, count + 1, cells - count))
    return Control(cells, count, count / cells, upper, limit, confidence)


def pathological_probability(predictions: Predictions, pathological: Sequence[str]) -> np.ndarray:
    """(n,) summed probability of the pathological classes, in [0, 1].

    Args:
        predictions: Over classes, or over normal / pathological.
        pathological: Which of its classes are; at least one, and not all.

    Raises:
        EvaluationError: One is no class of the table, or all are.
    """
    unknown = sorted(set(pathological) - set(predictions.classes))
    if unknown or not pathological or set(pathological) == set(predictions.classes):
        raise EvaluationError(
            f"the pathological classes are {', '.join(pathological) or 'none'}; they must be some "
            f"of {', '.join(predictions.classes)}, and not all."
        )
    places = [predictions.classes.index(name) for name in pathological]
    return predictions.probabilities[:, places].sum(axis=1)
