"""Methods side by side on the same cells: a row a cell and method, and a table with intervals."""

from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from hemoscope.evaluation.intervals.percentile import percentile_limits
from hemoscope.evaluation.intervals.resampling import Resampling
from hemoscope.explanation.faithfulness.curves import STEPS, curve_ends, faithfulness_curves
from hemoscope.explanation.faithfulness.energy import energy_shares
from hemoscope.explanation.methods.explainer import Explainer, Maps
from hemoscope.explanation.target import Target
from hemoscope.models.hybrid import HybridClassifier

RESAMPLES = 2000

Progress = Callable[[int, int], None]


@dataclass(frozen=True, eq=False)
class Comparison:
    """Methods compared.

    Attributes:
        cells: One row a cell and method: `cell` (row of the images), `method`, and the measures:
            `deletion` and `insertion` (areas below the curves), `faithfulness` (insertion minus
            deletion, in [-1, 1]) and, with masks, `nucleus_share` and `cell_share` (shares of the
            energy).
        table: One row a method and measure: `method`, `measure`, `mean`, `low`, `high`, `cells`.
        winner: The method with the highest mean faithfulness.
    """

    cells: pd.DataFrame
    table: pd.DataFrame
    winner: str


def compare_methods(
    model: HybridClassifier,
    images: Tensor,
    target: Target,
    methods: Iterable[Explainer],
    *,
    masks: NDArray[np.uint8] | None = None,
    steps: int = STEPS,
    progress: Progress | None = None,
) -> Comparison:
    """Measures every method on the same cells.

    Args:
        model: In eval mode.
        images: (n, 3, h, w) in [0, 1].
        target: The question put to each.
        methods: The methods; references may be among them.
        masks: (n, h, w) of three levels, for the shares of energy.
        steps: Points of the curves.
        progress: Called with (methods done, methods in all).
    """
    chosen = tuple(methods)
    ends = curve_ends(model, images, target)
    rows = []
    for done, method in enumerate(chosen, 1):
        maps = method.explain(model, images, target)
        curves = faithfulness_curves(model, images, maps, target, steps=steps, ends=ends)
        measured = {"deletion": curves.deletion_area, "insertion": curves.insertion_area}
        rows.append(measures_frame(method.name, measured, maps, masks))
        if progress:
            progress(done, len(chosen))
    cells = pd.concat(rows, ignore_index=True)
    table = summarise(cells)
    return Comparison(cells, table, best_method(table))


def measures_frame(
    method: str,
    areas: Mapping[str, NDArray[np.float64]],
    maps: Maps,
    masks: NDArray[np.uint8] | None,
) -> pd.DataFrame:
    """One row a cell: what was measured of one method's maps.

    Args:
        method: Its name.
        areas: `deletion` and `insertion`, (n,) each; or neither.
        maps: (n, h, w).
        masks: (n, h, w) of three levels, or None.
    """
    frame = pd.DataFrame({"cell": np.arange(len(maps)), "method": method, **areas})
    if areas:
        frame["faithfulness"] = frame["insertion"] - frame["deletion"]
    if masks is not None:
        energy = energy_shares(maps, masks)
        frame["nucleus_share"], frame["cell_share"] = energy.nucleus, energy.cell
    return frame


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
    """Percentile bootstrap limits of the mean of independent cells; nan where there are none."""
    plan = Resampling(np.zeros(len(values), np.intp), None, resamples, seed)
    means = np.concatenate([values @ block / len(values) for block in plan.blocks()])
    limits = percentile_limits(means, level)
    return (np.nan, np.nan) if isinstance(limits, str) else limits


def best_method(table: pd.DataFrame) -> str:
    """The method with the highest mean faithfulness."""
    ranked = table[table["measure"] == "faithfulness"].sort_values("mean", ascending=False)
    return str(ranked["method"].iloc[0])
