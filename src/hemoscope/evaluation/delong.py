"""DeLong's variance and test of AUCs, in O(n log n).

An AUC is a mean over positives and over negatives of placement values; DeLong, DeLong and
Clarke-Pearson (Biometrics 1988) estimate its variance from their spread. Placements follow from
the ranks (Sun and Xu 2014). Here each cell gets one number, its influence on the AUC, so that

    variance = sum of squared influences,
    covariance of two AUCs on the same cells = sum of products,
    cells in groups: sum within the group first (Obuchowski 1997),
    micro average: sum over the cell's C entries; macro average: mean over classes.

For one class, ungrouped, this is DeLong's estimate to the last digit, the (m - 1)(n - 1)
corrections included.
"""

from dataclasses import dataclass

import numpy as np
from scipy.stats import norm, t

from hemoscope.evaluation.arrays import Array, Indices
from hemoscope.evaluation.ranking import Ranking
from hemoscope.evaluation.roc import roc_auc


@dataclass(frozen=True)
class DelongTest:
    """DeLong's paired test. `z` and `p` are nan where the variance is 0."""

    difference: float
    variance: float
    z: float
    p: float


def auc_influence(ranking: Ranking) -> Array:
    """(n,) influence of each cell on the AUC.

    nan in every place where there are fewer than two positives or two negatives.
    """
    true, false = ranking.counts()
    positives, negatives = true[-1], false[-1]
    if min(positives, negatives) < 2:
        return np.full(ranking.size, np.nan)
    auc = float(roc_auc(true, false))
    above_positive = (true[:-1] + true[1:]) / 2 / positives
    below_negative = 1 - (false[:-1] + false[1:]) / 2 / negatives
    tie = np.repeat(np.arange(len(ranking.ends)), np.diff(ranking.ends, prepend=-1))
    of_positive = (below_negative - auc) / np.sqrt(positives * (positives - 1))
    of_negative = (above_positive - auc) / np.sqrt(negatives * (negatives - 1))
    entries = np.where(ranking.positive, of_positive[tie], of_negative[tie])
    return np.bincount(ranking.cells, entries, minlength=ranking.size).astype(np.float64)


def influence_variance(influence: Array, groups: Indices | None = None) -> float:
    """Variance of a figure from the influence of each cell on it.

    Args:
        influence: (n,).
        groups: (n,) group indices, or None for independent cells. With one group the variance
            is nan.
    """
    if groups is None:
        return float((influence**2).sum())
    sums = np.bincount(groups, influence)
    if len(sums) < 2:
        return float("nan")
    return float((sums**2).sum() * len(sums) / (len(sums) - 1))


def influence_freedom(influence: Array, groups: Indices | None = None) -> float:
    """Degrees of freedom of `influence_variance`, for Student's t instead of the normal.

    Satterthwaite's 2 V² / var(V), with var(V) from the fourth powers of the influences. Near an
    AUC of 1 a few misranked cells carry all of the variance, so it is itself uncertain: with the
    normal distribution intervals are too narrow there. At least 3; with groups at most G - 1.
    """
    parts = influence if groups is None else np.bincount(groups, influence)
    squares = parts**2
    excess = (squares**2).sum() / squares.sum() ** 2 - 1 / len(parts)
    most = np.inf if groups is None else max(len(parts) - 1, 1)
    return float(min(max(2 / excess, 3.0) if excess > 0 else np.inf, most))


def delong_test(
    difference: float, first: Array, second: Array, groups: Indices | None = None
) -> DelongTest:
    """Two-sided paired test of the difference of two AUCs on the same cells.

    Args:
        difference: First AUC - second AUC.
        first: (n,) influences on the first AUC.
        second: (n,) influences on the second AUC.
        groups: (n,) group indices, or None. With groups, Student's t with G - 1 degrees of
            freedom replaces the normal distribution.
    """
    variance = influence_variance(first - second, groups)
    if not variance > 1e-20:
        return DelongTest(difference, variance, float("nan"), float("nan"))
    z = difference / np.sqrt(variance)
    tail = norm.sf(abs(z)) if groups is None else t.sf(abs(z), int(groups.max()))
    return DelongTest(difference, variance, float(z), float(2 * tail))
