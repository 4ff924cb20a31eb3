"""A table of measures, cell by cell → means with intervals. Needs no model and no torch."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemoscope.evaluation.intervals.percentile import percentile_limits
from hemoscope.evaluation.intervals.resampling import Resampling

RESAMPLES = 2000
LEAST_CELLS = 10  # fewer tell too little about how much cells differ


def summarise(
    cells: pd.DataFrame, *, resamples: int = RESAMPLES, seed: int = 0, level: float = 0.95
) -> pd.DataFrame:
    """The mean of every measure for every method, with bootstrap intervals over cells.

    Args:
        cells: As in `Comparison.cells`; every measure is a column after `method`.
        resamples: Of the cells. All methods get the same ones, so that differences are paired.
        seed: Of the resamples.
        level: Nominal coverage.

    Returns:
        Columns `method`, `measure`, `mean`, `low`, `high`, `cells`; low and high are nan where
        there are too few cells for an interval.
    """
    measures = [name for name in cells.columns if name not in ("cell", "method", "path")]
    rows = []
    for name, values in cells.groupby("method", sort=False):
        for measure in measures:
            kept = values[measure].dropna().to_numpy(dtype=np.float64)
            if len(kept):
                limits = mean_limits(kept, resamples=resamples, seed=seed, level=level)
                rows.append((name, measure, kept.mean(), *limits, len(kept)))
    return pd.DataFrame(rows, columns=["method", "measure", "mean", "low", "high", "cells"])


def mean_limits(
    values: NDArray[np.float64], *, resamples: int = RESAMPLES, seed: int = 0, level: float = 0.95
) -> tuple[float, float]:
    """Percentile bootstrap limits of the mean of independent cells; nan below ten cells."""
    if len(values) < LEAST_CELLS:
        return np.nan, np.nan
    plan = Resampling(np.zeros(len(values), np.intp), None, resamples, seed)
    means = np.concatenate([values @ block / len(values) for block in plan.blocks()])
    limits = percentile_limits(means, level)
    return (np.nan, np.nan) if isinstance(limits, str) else limits


def best_method(table: pd.DataFrame) -> str:
    """The method with the highest mean faithfulness."""
    ranked = table[table["measure"] == "faithfulness"].sort_values("mean", ascending=False)
    return str(ranked["method"].iloc[0])
