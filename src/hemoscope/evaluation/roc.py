"""Figures of the ROC curve from counts at each threshold.

Every function takes `true` and `false`, the (k + 1, …) positives and negatives at or above each
threshold as `Ranking.counts` gives them, and broadcasts over the trailing axes (resamples). nan
where there are no positives or no negatives.
"""

import numpy as np

from hemoscope.evaluation.arrays import Array
from hemoscope.evaluation.classification import ratio
from hemoscope.evaluation.result import RocCurve
from hemoscope.evaluation.thinning import thin

PARTIAL_TO = 0.1


def roc_auc(true: Array, false: Array) -> Array:
    """(…) area under the curve by trapezoids: P(positive > negative) + half P(equal)."""
    area = (np.diff(false, axis=0) * (true[1:] + true[:-1])).sum(0) / 2
    return ratio(area, true[-1] * false[-1])


def partial_auc(true: Array, false: Array, to: float = PARTIAL_TO) -> Array:
    """(…) area for false positive rates up to `to`, over `to`: 1 = perfect, `to`/2 = chance."""
    limit = to * false[-1]
    rows = _rows_up_to(false, limit)
    true_head, false_head = true[:rows], false[:rows]
    step = np.diff(false_head, axis=0)
    kept = np.diff(np.minimum(false_head, limit), axis=0)
    rise = np.diff(true_head, axis=0)
    share = np.divide(kept, step, out=np.zeros_like(kept), where=step > 0)
    area = (kept * (true_head[:-1] + rise * share / 2)).sum(0)
    return ratio(area, limit * true[-1])


def sensitivity_at_fpr(true: Array, false: Array, rate: float) -> Array:
    """(…) sensitivity at a false positive rate, on the linearly interpolated curve.

    Where the curve rises vertically at that rate, the upper end counts.
    """
    limit = rate * false[-1]
    rows = _rows_up_to(false, limit)
    below = (false[:rows] <= limit * (1 + 1e-12)).sum(0) - 1
    above = np.minimum(below + 1, len(false) - 1)
    at = [np.take_along_axis(a, i[None], 0)[0] for a in (false, true) for i in (below, above)]
    false_low, false_high, true_low, true_high = at
    width = false_high - false_low
    share = np.divide(limit - false_low, width, out=np.zeros_like(width), where=width > 0)
    there = ratio(true_low + np.clip(share, 0, 1) * (true_high - true_low), true[-1])
    return np.where(false[-1] > 0, there, np.nan)


def roc_curve(true: Array, false: Array, thresholds: Array) -> RocCurve:
    """The curve, thinned for drawing. There must be positives and negatives."""
    fpr, tpr = false / false[-1], true / true[-1]
    keep = thin(fpr, tpr)
    return RocCurve(fpr[keep], tpr[keep], np.concatenate([[np.nan], thresholds])[keep])


def _rows_up_to(false: Array, limit: Array) -> int:
    """Rows from the top until every resample has passed its limit."""
    slowest = false if false.ndim == 1 else (false - limit).min(axis=1)
    edge = limit if false.ndim == 1 else 0.0
    return int(np.searchsorted(slowest, edge, side="right")) + 1
