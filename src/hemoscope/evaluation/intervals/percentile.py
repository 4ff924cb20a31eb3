"""Limits from bootstrap resamples of a figure."""

import numpy as np

from hemoscope.evaluation.arrays import Array

LEAST_DEFINED = 0.9


def percentile_limits(values: Array, level: float = 0.95) -> tuple[float, float] | str:
    """The central `level` of the resampled values, or the reason why there are none.

    Args:
        values: (R,) the figure in each resample; nan where it does not exist there.
        level: Nominal coverage.
    """
    kept = values[np.isfinite(values)]
    if len(kept) < LEAST_DEFINED * len(values):
        return (
            f"the figure exists in {len(kept)} of {len(values)} resamples only; "
            "there are too few cells or groups for an interval"
        )
    if np.ptp(kept) <= 1e-12:
        return (
            "every resample gives the same value, so the bootstrap cannot tell how "
            "uncertain it is; look at the interval of the accuracy"
        )
    low, high = np.quantile(kept, [(1 - level) / 2, (1 + level) / 2])
    return float(low), float(high)


def basic_limits(estimate: float, values: Array, level: float = 0.95) -> tuple[float, float] | str:
    """`percentile_limits` mirrored at the estimate, which takes out a bias that both share.

    Args:
        estimate: The figure on the cells themselves.
        values: (R,) the figure in each resample.
        level: Nominal coverage.
    """
    limits = percentile_limits(values, level)
    return (
        limits if isinstance(limits, str) else (2 * estimate - limits[1], 2 * estimate - limits[0])
    )
