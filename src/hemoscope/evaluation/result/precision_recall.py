"""Results of the precision-recall curve."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class PrCurve:
    """Points of a precision-recall curve, recall rising, thinned for drawing.

    Attributes:
        recall: (k,) rising, from 0 to 1.
        precision: (k,); 1 by convention at recall 0.
        thresholds: (k,) a cell counts as positive at scores ≥ this; nan at recall 0. None for
            the macro average.
    """

    recall: NDArray[np.float64]
    precision: NDArray[np.float64]
    thresholds: NDArray[np.float64] | None


@dataclass(frozen=True)
class OperatingPoint:
    """What one threshold gives.

    For the macro average each value is the mean over classes.
    """

    threshold: float
    precision: float
    recall: float
    f1: float


@dataclass(frozen=True)
class ThresholdRange:
    """The widest run of thresholds over which F1 stays at or above `level`."""

    level: float
    low: float
    high: float


@dataclass(frozen=True, eq=False)
class PrevalenceCurve:
    """What would become of precision were the class rarer or commoner (by reweighting).

    Attributes:
        observed: The class's share of these cells.
        prevalence: (k,) shares, rising.
        precision: (k,) precision at recall 0.90.
        average_precision: (k,) average precision.
    """

    observed: float
    prevalence: NDArray[np.float64]
    precision: NDArray[np.float64]
    average_precision: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class PrFigures:
    """Precision-recall figures of one class against the rest, or of an average.

    Attributes:
        average_precision: Step-wise area, in [0, 1].
        precision_at_recall: "0.9": the best precision at any threshold with recall ≥ 0.9.
        f1_optimal: The threshold with the highest F1 (the highest such threshold on a tie).
        break_even: Where precision and recall are closest to equal.
        f1_plateau: The widest run of thresholds with F1 ≥ 0.9; None if F1 never gets there.
        interpolation_error: Mean absolute difference between the linearly interpolated curve
            and its isotonic (falling) fit, over recall 0.01 … 1.
        prevalence: Precision against prevalence; None for averages.
        curve: The curve, or None where there is none.
    """

    average_precision: float | None
    precision_at_recall: Mapping[str, float | None]
    f1_optimal: OperatingPoint | None
    break_even: OperatingPoint | None
    f1_plateau: ThresholdRange | None
    interpolation_error: float | None
    prevalence: PrevalenceCurve | None
    curve: PrCurve | None


@dataclass(frozen=True, eq=False)
class PrecisionRecall:
    """All precision-recall figures.

    Attributes:
        per_class: Class name to figures, one against the rest.
        micro: All C·n pairs of cell and class pooled.
        macro: Unweighted means over the classes whose figure exists.
    """

    per_class: Mapping[str, PrFigures]
    micro: PrFigures
    macro: PrFigures
