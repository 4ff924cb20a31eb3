"""What a model gains from having seen part of a test cell's field in training."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from scipy.stats import binomtest

from hemoscope.errors import HemoscopeError
from hemoscope.predictions import Predictions


class TwinError(HemoscopeError):
    """Tables that do not fit together."""


@dataclass(frozen=True)
class Share:
    """A share of cells, with its 95 % interval (Wilson).

    Attributes:
        right: Cells predicted rightly.
        cells: Cells.
        accuracy: right / cells; None without cells.
        low: Lower limit; None without cells.
        high: Upper limit; None without cells.
    """

    right: int
    cells: int
    accuracy: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class TwinAccuracy:
    """Accuracy on the cells of a predictions table that were not trained on.

    Attributes:
        all: On all of them.
        with_twin: On those whose group has a cell in training.
        without_twin: On the others.
        trained_on_left_out: Rows of the predictions left out, as they were trained on.
    """

    all: Share
    with_twin: Share
    without_twin: Share
    trained_on_left_out: int

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return asdict(self)


def twin_accuracy(
    predictions: Predictions, groups: pd.DataFrame, trained_on: Iterable[str]
) -> TwinAccuracy:
    """Compares cells that have a twin among the training cells with cells that have none.

    Args:
        predictions: With labels.
        groups: Columns `path` and `group`, as `Audit.groups` gives and `groups.csv` holds.
        trained_on: Paths of the cells that the model was fitted, selected or calibrated on.

    Raises:
        TwinError: A predicted cell stands in no group, or no training cell does.
        PredictionsError: The predictions have no labels.
    """
    group_of = dict(zip(groups["path"].astype(str), groups["group"].astype(str), strict=True))
    unknown = [path for path in predictions.paths if path not in group_of]
    if unknown:
        raise TwinError(
            f"{len(unknown)} predicted cells do not stand in the table of groups, the first is "
            f"{unknown[0]!r}. Audit the same SOURCE that was predicted."
        )
    trained = set(trained_on)
    seen = {group_of[path] for path in trained if path in group_of}
    if not seen:
        raise TwinError(
            "none of the training cells stands in the table of groups. Audit a SOURCE that holds "
            "both the training and the test cells."
        )
    fresh = np.array([path not in trained for path in predictions.paths], dtype=bool)
    twin = np.array([group_of[path] in seen for path in predictions.paths], dtype=bool)
    right = predictions.predicted == predictions.truth()
    return TwinAccuracy(
        all=_share(right[fresh]),
        with_twin=_share(right[fresh & twin]),
        without_twin=_share(right[fresh & ~twin]),
        trained_on_left_out=int((~fresh).sum()),
    )


def _share(right: NDArray[np.bool_]) -> Share:
    if len(right) == 0:
        return Share(0, 0, None, None, None)
    interval = binomtest(int(right.sum()), len(right)).proportion_ci(method="wilson")
    return Share(
        int(right.sum()), len(right), float(right.mean()), float(interval.low), float(interval.high)
    )
