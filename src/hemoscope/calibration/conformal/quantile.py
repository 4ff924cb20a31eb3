"""The quantile that makes split conformal sets hold their level with few cells."""

import math

import numpy as np

from hemoscope.calibration.arrays import Array

ROUNDING = 1e-9  # (n + 1)(1 - α) of 20 and 0.05 is 19, not 19.000000000000004


def conformal_rank(cells: int, alpha: float) -> int:
    """K = ceil((n + 1)(1 - α)), the rank of the score that is the threshold; may be n + 1."""
    return math.ceil((cells + 1) * (1 - alpha) - ROUNDING)


def conformal_quantile(scores: Array, alpha: float) -> float | None:
    """The k-th smallest of n scores; None, "no threshold", if k > n: too few cells for α."""
    rank = conformal_rank(len(scores), alpha)
    return None if rank > len(scores) else float(np.partition(scores, rank - 1)[rank - 1])


def least_cells(alpha: float) -> int:
    """The fewest cells that give a threshold: n with ceil((n + 1)(1 - α)) ≤ n."""
    return math.ceil(1 / alpha - 1 - ROUNDING)
