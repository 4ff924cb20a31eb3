"""Wilson's score interval for proportions, and its form for cells in groups."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.stats import norm, t

from hemoscope.evaluation.arrays import Array, Indices
from hemoscope.evaluation.classification import ratio

ROUNDING = 1e-12  # of a sum of squares, against its largest possible value


def wilson_limits(
    successes: ArrayLike, trials: ArrayLike, level: float = 0.95
) -> tuple[Array, Array]:
    """Element-wise limits of independent proportions; nan where there are no trials.

    Wilson (1927). Holds its level near 0 and 1, where the normal interval fails.
    """
    quantile = float(norm.ppf((1 + level) / 2))
    return _score_limits(ratio(successes, trials), np.asarray(trials, np.float64), quantile)


def clustered_wilson_limits(
    success: ArrayLike, trial: ArrayLike, groups: Indices, level: float = 0.95
) -> tuple[float, float]:
    """Limits of a proportion of cells that come in groups (patients, slides, fields).

    Wilson's interval with the effective number of cells (Korn and Graubard 1998): n divided by
    the design effect, taken from the spread of the groups, and Student's t with G - 1 degrees of
    freedom. Where all groups have the same share, such as 0 or 1, the spread says nothing, and
    each group counts as one cell.

    Args:
        success: (n,) 0/1, only where `trial`.
        trial: (n,) 0/1, whether the cell is one of those counted.
        groups: (n,) group indices.
        level: Nominal coverage.

    Returns:
        (low, high); nan below two groups.
    """
    hits = np.bincount(groups, np.asarray(success, np.float64))
    trials = np.bincount(groups, np.asarray(trial, np.float64))
    hits, trials = hits[trials > 0], trials[trials > 0]
    count = len(trials)
    if count < 2:
        return float("nan"), float("nan")
    share = hits.sum() / trials.sum()
    spread = ((hits - share * trials) ** 2).sum() * count / (count - 1) / trials.sum() ** 2
    alike = spread <= ROUNDING * share * (1 - share)
    effective = float(count) if alike else share * (1 - share) / spread
    quantile = float(t.ppf((1 + level) / 2, count - 1))
    limits = _score_limits(np.asarray(share), np.minimum(effective, trials.sum()), quantile)
    return float(limits[0]), float(limits[1])


def _score_limits(share: Array, trials: ArrayLike, quantile: float) -> tuple[Array, Array]:
    over = ratio(quantile**2, trials)
    centre = (share + over / 2) / (1 + over)
    half = np.sqrt(ratio(share * (1 - share), trials) * quantile**2 + over**2 / 4) / (1 + over)
    return np.clip(centre - half, 0, 1), np.clip(centre + half, 0, 1)
