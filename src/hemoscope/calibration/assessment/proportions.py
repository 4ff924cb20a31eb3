"""A share of cells with its interval; cells of one group count as dependent."""

import numpy as np

from hemoscope.calibration.arrays import Flags, Indices
from hemoscope.evaluation.intervals.wilson import clustered_wilson_limits, wilson_limits
from hemoscope.evaluation.result import Estimate, Interval


def share(
    success: Flags, trial: Flags, groups: Indices | None, *, level: float, reason: str
) -> Estimate:
    """Success among trial, with Wilson's interval.

    Args:
        success: (n,) counted only where `trial`.
        trial: (n,) the cells that are counted.
        groups: (n,) group indices, or None.
        level: Nominal coverage of the interval.
        reason: Why there is no value, if no cell is counted.
    """
    count = int(trial.sum())
    if count == 0:
        return Estimate(None, None, reason)
    hits = success & trial
    value = float(hits.sum() / count)
    if groups is None:
        low, high = (float(limit) for limit in wilson_limits(hits.sum(), count, level))
        return Estimate(value, Interval(low, high, "wilson", level))
    low, high = clustered_wilson_limits(hits, trial, groups, level)
    if np.isnan(low):
        return Estimate(value, None, "all cells are of one group")
    return Estimate(value, Interval(low, high, "wilson-grouped", level))
