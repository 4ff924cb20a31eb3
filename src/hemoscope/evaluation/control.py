"""The control of a disease model: healthy cells from the source of the diseased ones.

Where healthy cells come from one laboratory and diseased ones from another, a model can tell the
laboratory instead of the disease (stain, background, resolution) and look perfect. Healthy cells
from the diseased ones' laboratory unmask it: it calls them diseased.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hemoscope.evaluation.errors import EvaluationError
from hemoscope.evaluation.intervals.exact import upper_limit
from hemoscope.predictions import Predictions

LIMIT = 0.05
LEAST = 0.5
CONFIDENCE = 0.95


@dataclass(frozen=True)
class Control:
    """How many control cells were called pathological, and how many pathological ones.

    Attributes:
        cells: Control cells: none of them pathological, all from the source of those that are.
        called: How many of them were called pathological.
        upper: One-sided upper limit of their share at `CONFIDENCE` (Clopper and Pearson 1934),
            for independent cells.
        pathological: Pathological cells.
        found: How many of them were called so.
        lower: One-sided lower limit of that share.
        limit: What `upper` may be at most.
        least: What `lower` has to be at least: a model that never says "pathological" passes
            every control.
    """

    cells: int
    called: int
    upper: float
    pathological: int
    found: int
    lower: float
    limit: float
    least: float

    @property
    def share(self) -> float:
        """Of control cells that were called pathological, in [0, 1]."""
        return self.called / self.cells

    @property
    def sensitivity(self) -> float:
        """Share of pathological cells that were called so, in [0, 1]."""
        return self.found / self.pathological

    @property
    def passed(self) -> bool:
        """Whether one may speak of the disease at all."""
        return self.upper <= self.limit and self.lower >= self.least

    @property
    def verdict(self) -> str:
        """What may be said of the model, in words."""
        said = (
            f"{self.called} of {self.cells} control cells called pathological (upper "
            f"{100 * CONFIDENCE:g} % limit {100 * self.upper:.1f} %, at most {100 * self.limit:g} "
            f"%), {self.found} of {self.pathological} pathological cells found (lower limit "
            f"{100 * self.lower:.1f} %, at least {100 * self.least:g} %)"
        )
        if self.passed:
            return f"control passed: {said}; research only, not clinically validated"
        return f"not leukaemia detection: {said}"


def source_control(
    control_called: ArrayLike,
    pathological_called: ArrayLike,
    *,
    limit: float = LIMIT,
    least: float = LEAST,
) -> Control:
    """Judges a model by its control cells.

    Args:
        control_called: (n,) whether each control cell was called pathological.
        pathological_called: (m,) whether each pathological cell was.
        limit: The largest upper limit of the share of control cells that passes, in (0, 1).
        least: The smallest lower limit of sensitivity that passes, in (0, 1).

    Raises:
        EvaluationError: There are no cells of one kind, or an option is out of range.
    """
    control, ill = (np.asarray(each, dtype=bool) for each in (control_called, pathological_called))
    if len(control) == 0 or len(ill) == 0:
        raise EvaluationError(
            f"there are {len(control)} control cells and {len(ill)} pathological ones. Without "
            "healthy cells from the source of the diseased ones nobody can tell whether a model "
            "knows the disease or the source."
        )
    if not (0 < limit < 1 and 0 < least < 1):
        raise EvaluationError(f"limit is {limit} and least is {least}; both lie between 0 and 1.")
    called, found = int(control.sum()), int(ill.sum())
    return Control(
        cells=len(control),
        called=called,
        upper=upper_limit(called, len(control), CONFIDENCE),
        pathological=len(ill),
        found=found,
        lower=1 - upper_limit(len(ill) - found, len(ill), CONFIDENCE),
        limit=limit,
        least=least,
    )


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
