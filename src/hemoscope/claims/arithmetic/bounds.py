"""Bounds that accuracy and mean confidence set on calibration figures.

Throughout: c is the largest probability of a cell (its confidence), p the probability of its
true class, `right` and `wrong` the mean of c over cells classified right and wrong, K classes.
"""

from collections.abc import Sequence
from fractions import Fraction
from math import log

from hemoscope.claims.interval import Interval


def mean_confidence(accuracy: Interval, right: Interval, wrong: Interval) -> Interval:
    """Mean confidence of all cells: accuracy · right + (1 − accuracy) · wrong.

    Written as wrong + accuracy · (right − wrong), and taken at its corners.
    """
    ends = [
        a * r + (1 - a) * w
        for a in (accuracy.low, accuracy.high)
        for r in (right.low, right.high)
        for w in (wrong.low, wrong.high)
    ]
    return Interval(min(ends), max(ends))


def least_ece(accuracy: Interval, confidence: Interval) -> Fraction:
    """ECE ≥ |accuracy − mean confidence|, whatever the bins.

    ECE is the weighted mean of |gap| over bins, which is never less than the |weighted mean of
    gap|, and that is the difference of the two overall means.
    """
    gap = accuracy - confidence
    return Fraction(0) if 0 in gap else min(abs(gap.low), abs(gap.high))


def least_share_above(confidence: Fraction, edge: Fraction) -> Fraction:
    """The least share of cells with confidence above `edge`, given mean confidence.

    At most 1 above and at most `edge` below, so confidence ≤ w + (1 − w) · edge.
    """
    return max(Fraction(0), (confidence - edge) / (1 - edge))


def brier_sum_cap(accuracy: Fraction, right: Fraction, wrong: Fraction) -> Fraction:
    """The greatest Brier score summed over all classes.

    One cell's sum is 1 − 2p + Σ pₖ² ≤ 1 − 2p + c, because Σ pₖ² ≤ max(pₖ) · Σ pₖ = c. That is
    1 − c where right (p = c) and at most 1 + c where wrong.
    """
    return accuracy * (1 - right) + (1 - accuracy) * (1 + wrong)


def brier_sum_cap_from_ece(accuracy: Fraction, ece: Fraction) -> Fraction:
    """The same cap where only ECE is known.

    Mean confidence is at least accuracy − ECE, so the mean of 1 − c is at most 1 − accuracy +
    ECE; wrong cells add at most 2 more each.
    """
    return (1 - accuracy + ece) + 2 * (1 - accuracy)


def class_ece_mean_cap(accuracy: Fraction, right: Fraction, classes: int) -> Fraction:
    """The greatest mean over classes of the one-vs-rest ECE.

    A class's ECE is at most the mean of |pₖ − yₖ|; summed over classes that is 2 (1 − p) for a
    cell, which is 2 (1 − c) where right and at most 2 where wrong.
    """
    return 2 * (accuracy * (1 - right) + (1 - accuracy)) / classes


def entropy_cap(confidence: float, classes: int) -> float:
    """The greatest mean entropy (nats) of predictions with this mean confidence.

    With c fixed, entropy is greatest when the rest is spread evenly: h(c) + (1 − c) ln(K − 1),
    which is concave in c, so that the mean of it is at most its value at the mean.

    Args:
        confidence: Mean confidence, in (1 / classes, 1).
        classes: K.
    """
    rest = 1 - confidence
    return -confidence * log(confidence) - rest * log(rest) + rest * log(classes - 1)


def brier_uncertainty(supports: Sequence[int]) -> dict[str, Fraction]:
    """Murphy's uncertainty under each definition of the Brier score that prevalence fixes.

    Murphy, Journal of Applied Meteorology 12 (1973), 595.
    """
    size = sum(supports)
    summed = 1 - Fraction(sum(support**2 for support in supports), size**2)
    return {"summed over classes": summed, "mean over classes": summed / len(supports)}


def least_cross_entropy(accuracy: float, right: float, wrong: float) -> float:
    """The least cross-entropy (nats), by Jensen: −ln c if right, −ln p ≥ −ln(1 − c) if wrong."""
    return -accuracy * log(right) - (1 - accuracy) * log(1 - wrong)


def auc_range(partial: Interval, limit: Fraction) -> Interval:
    """All AUCs that a normalised partial AUC up to a false-positive rate of `limit` allows.

    Sensitivity never falls along the curve, so beyond `limit` it is at least the partial mean,
    and at most 1.
    """
    beyond = 1 - limit
    return Interval(partial.low, min(partial.high * limit + beyond, Fraction(1))).within(0, 1)


def least_partial_auc(sensitivity: Interval, rate: Fraction, limit: Fraction) -> Fraction:
    """The least normalised partial AUC, given the sensitivity at one false-positive rate."""
    return sensitivity.low * (limit - rate) / limit
