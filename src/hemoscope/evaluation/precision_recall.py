"""Figures of the precision-recall curve from counts at each threshold.

`true` and `false` are the (k + 1, …) positives and negatives at or above each threshold, as
`Ranking.counts` gives them; most functions broadcast over the trailing axes (resamples). nan
where there are no positives.
"""

import numpy as np
from sklearn.isotonic import IsotonicRegression

from hemoscope.evaluation.arrays import Array, Indices
from hemoscope.evaluation.classification import ratio
from hemoscope.evaluation.result import OperatingPoint, PrCurve, PrevalenceCurve, ThresholdRange
from hemoscope.evaluation.thinning import thin

HIGH_RECALL = 0.9
PLATEAU_F1 = 0.9
RECALL_GRID = np.linspace(0.01, 1, 100)
PREVALENCES = np.array([0.001, 0.002, 0.005, 0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 0.7, 0.9])


def average_precision(true: Array, false: Array) -> Array:
    """(…) sum over thresholds of (rise of recall) x precision; no interpolation."""
    called = true[1:] + false[1:]
    precision = np.divide(true[1:], called, out=np.zeros_like(called), where=called > 0)
    return ratio((np.diff(true, axis=0) * precision).sum(0), true[-1])


def precision_at_recall(true: Array, false: Array, recall: float = HIGH_RECALL) -> Array:
    """(…) the best precision at any threshold whose recall is at least `recall`."""
    called = true[1:] + false[1:]
    enough = (true[1:] >= recall * true[-1] * (1 - 1e-12)) & (called > 0)
    precision = np.divide(true[1:], called, out=np.zeros_like(called), where=enough)
    return np.where(true[-1] > 0, precision.max(0), np.nan)


def f1_at_thresholds(true: Array, false: Array) -> Array:
    """(k,) F1 at each threshold."""
    return 2 * true[1:] / (true[1:] + false[1:] + true[-1])


def f1_optimal(true: Array, false: Array, thresholds: Array) -> OperatingPoint:
    """The threshold with the highest F1; the highest such threshold on a tie."""
    return _point(int(f1_at_thresholds(true, false).argmax()), true, false, thresholds)


def break_even(true: Array, false: Array, thresholds: Array) -> OperatingPoint:
    """The threshold where precision and recall are closest to each other.

    They are equal where as many cells are called positive as there are positives.
    """
    gap = np.abs(true[1:] / (true[1:] + false[1:]) - true[1:] / true[-1])
    gap[true[1:] == 0] = np.inf  # 0 = 0 before the first hit is no operating point
    return _point(int(gap.argmin()), true, false, thresholds)


def f1_plateau(
    true: Array, false: Array, thresholds: Array, level: float = PLATEAU_F1
) -> ThresholdRange | None:
    """The widest run of thresholds over which F1 ≥ `level`; None if it never is."""
    good = np.concatenate([[False], f1_at_thresholds(true, false) >= level, [False]])
    edges = np.flatnonzero(np.diff(good.astype(np.int8)))
    if len(edges) == 0:
        return None
    starts, ends = edges[::2], edges[1::2] - 1
    widest = int((thresholds[starts] - thresholds[ends]).argmax())
    return ThresholdRange(level, float(thresholds[ends[widest]]), float(thresholds[starts[widest]]))


def interpolation_error(true: Array, false: Array) -> float:
    """Mean |linear interpolation - isotonic fit| of precision, over recall 0.01, 0.02 … 1.

    The isotonic fit is the falling function of recall that is closest in squares to the points
    of the curve. Linear interpolation between points is too high (Davis and Goadrich 2006).
    """
    end = int(np.searchsorted(true, true[-1])) + 1  # beyond, recall is 1 already
    recall = true[1:end] / true[-1]
    precision = true[1:end] / (true[1:end] + false[1:end])
    fit = IsotonicRegression(increasing=False, out_of_bounds="clip").fit(recall, precision)
    linear = np.interp(RECALL_GRID, recall, precision)
    return float(np.abs(linear - fit.predict(RECALL_GRID)).mean())


def prevalence_curve(true: Array, false: Array) -> PrevalenceCurve:
    """Precision at recall 0.90 and average precision if the class had another share.

    Positives are reweighted so that their share is π; then precision = π·TPR / (π·TPR +
    (1 - π)·FPR), with the ROC curve unchanged.
    """
    tpr, fpr = true / true[-1], false / false[-1]
    values = [(tpr * share, fpr * (1 - share)) for share in PREVALENCES]
    return PrevalenceCurve(
        observed=float(true[-1] / (true[-1] + false[-1])),
        prevalence=PREVALENCES.copy(),
        precision=np.array([float(precision_at_recall(t, f)) for t, f in values]),
        average_precision=np.array([float(average_precision(t, f)) for t, f in values]),
    )


def pr_curve(true: Array, false: Array, thresholds: Array) -> PrCurve:
    """The curve, thinned for drawing, with precision 1 put at recall 0. There must be positives."""
    recall = true / true[-1]
    precision = np.concatenate([[1.0], true[1:] / (true[1:] + false[1:])])
    complete = int(np.searchsorted(true, true[-1])) + 1  # beyond, recall is 1 already
    keep: Indices = thin(recall[:complete], precision[:complete])
    return PrCurve(recall[keep], precision[keep], np.concatenate([[np.nan], thresholds])[keep])


def _point(index: int, true: Array, false: Array, thresholds: Array) -> OperatingPoint:
    hits, called = true[index + 1], true[index + 1] + false[index + 1]
    return OperatingPoint(
        threshold=float(thresholds[index]),
        precision=float(hits / called),
        recall=float(hits / true[-1]),
        f1=float(2 * hits / (called + true[-1])),
    )
