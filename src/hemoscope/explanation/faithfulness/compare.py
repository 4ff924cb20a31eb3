"""Methods side by side on the same cells: a row a cell and method, and a table with intervals."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from torch import Tensor

from hemoscope.explanation.faithfulness.curves import (
    STEPS,
    FaithfulnessCurves,
    curve_ends,
    faithfulness_curves,
)
from hemoscope.explanation.faithfulness.energy import energy_shares
from hemoscope.explanation.faithfulness.summary import best_method, summarise
from hemoscope.explanation.methods.explainer import Explainer, Maps
from hemoscope.explanation.target import Target
from hemoscope.models.hybrid import HybridClassifier

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
        rows.append(measures_frame(method.name, curves, maps, masks))
        if progress:
            progress(done, len(chosen))
    cells = pd.concat(rows, ignore_index=True)
    table = summarise(cells)
    return Comparison(cells, table, best_method(table))


def measures_frame(
    method: str,
    curves: FaithfulnessCurves | None,
    maps: Maps,
    masks: NDArray[np.uint8] | None,
) -> pd.DataFrame:
    """One row a cell: what was measured of one method's maps.

    Args:
        method: Its name.
        curves: Deletion and insertion in the order of the maps, or None.
        maps: (n, h, w).
        masks: (n, h, w) of three levels, or None.
    """
    frame = pd.DataFrame({"cell": np.arange(len(maps)), "method": method})
    if curves is not None:
        frame["deletion"], frame["insertion"] = curves.deletion_area, curves.insertion_area
        frame["faithfulness"] = frame["insertion"] - frame["deletion"]
    if masks is not None:
        energy = energy_shares(maps, masks)
        frame["nucleus_share"], frame["cell_share"] = energy.nucleus, energy.cell
    return frame
