"""Results of the receiver operating characteristic."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class RocCurve:
    """Points of a ROC curve, from (0, 0) to (1, 1), thinned for drawing.

    Attributes:
        fpr: (k,) false positive rate, rising.
        tpr: (k,) sensitivity, rising.
        thresholds: (k,) a cell counts as positive at scores ≥ this; the first is nan (no cell
            is positive). None for the macro average, which has no thresholds.
    """

    fpr: NDArray[np.float64]
    tpr: NDArray[np.float64]
    thresholds: NDArray[np.float64] | None


@dataclass(frozen=True, eq=False)
class RocFigures:
    """ROC figures of one class against the rest, or of an average.

    Attributes:
        auc: Area under the curve, in [0, 1].
        partial_auc: Area for false positive rates up to 0.1, divided by 0.1 (perfect = 1,
            chance = 0.05).
        sensitivity_at_fpr: "0.01" and "0.05": the sensitivity at that false positive rate,
            on the linearly interpolated curve.
        curve: The curve, or None where there is none.
    """

    auc: float | None
    partial_auc: float | None
    sensitivity_at_fpr: Mapping[str, float | None]
    curve: RocCurve | None


@dataclass(frozen=True, eq=False)
class Roc:
    """All ROC figures.

    Attributes:
        per_class: Class name to figures, one against the rest.
        micro: All C·n pairs of cell and class pooled.
        macro: Unweighted mean over the classes whose figure exists; the curve is the mean
            sensitivity at each false positive rate.
        auc_sd: Standard deviation (n - 1) of the AUC over classes.
    """

    per_class: Mapping[str, RocFigures]
    micro: RocFigures
    macro: RocFigures
    auc_sd: float | None
