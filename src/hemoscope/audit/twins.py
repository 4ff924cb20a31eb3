"""What a model gains from having seen part of a test cell's field in training."""

from collections.abc import Iterable
from dataclasses import asdict, dataclass
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemoscope.audit.shares import Share, ShareDifference, difference_of, share_of
from hemoscope.errors import HemoscopeError
from hemoscope.predictions import Predictions


class TwinError(HemoscopeError):
    """Tables that do not fit together."""


@dataclass(frozen=True)
class TwinAccuracy:
    """Accuracy on the cells of a predictions table that were not trained on.

    Attributes:
        all: On all of them.
        with_twin: On those whose group has a cell in training.
        without_twin: On the others.
        difference: `with_twin` less `without_twin`; None where either has no cells.
        without_twin_same_classes: Accuracy on the others if their classes had the shares that
            they have among those with a twin, in [0, 1]; None where that is not known.
        trained_on_left_out: Rows of the predictions left out, as they were trained on.
    """

    all: Share
    with_twin: Share
    without_twin: Share
    difference: ShareDifference | None
    without_twin_same_classes: float | None
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
    truth = predictions.truth()
    right = predictions.predicted == truth
    on, off = share_of(right[fresh & twin]), share_of(right[fresh & ~twin])
    return TwinAccuracy(
        all=share_of(right[fresh]),
        with_twin=on,
        without_twin=off,
        difference=difference_of(on, off),
        without_twin_same_classes=_same_classes(right, truth, fresh & twin, fresh & ~twin),
        trained_on_left_out=int((~fresh).sum()),
    )


def _same_classes(
    right: NDArray[np.bool_],
    truth: NDArray[np.intp],
    on: NDArray[np.bool_],
    off: NDArray[np.bool_],
) -> float | None:
    """Accuracy on `off`, each class weighted by its number among `on` (direct standardisation)."""
    classes = np.unique(truth[on])
    weights = [np.count_nonzero(truth[on] == c) for c in classes]
    parts = [right[off & (truth == c)] for c in classes]
    if not weights or not all(len(part) for part in parts):
        return None
    return float(np.average([part.mean() for part in parts], weights=weights))
