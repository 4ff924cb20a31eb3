"""Checks of the values of a predictions table; a message names the first bad row."""

from collections.abc import Sequence
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray

from hemoscope.predictions.errors import PredictionsError

SUM_TOLERANCE = 1e-3  # probabilities rounded to four decimals still pass


def checked_columns(
    paths: Sequence[str],
    classes: Sequence[str],
    labels: Sequence[str] | None,
    groups: Sequence[str] | None,
) -> dict[str, Any]:
    """Checks everything but the scores; those fields of `Predictions`, by name."""
    names = np.asarray(paths, dtype=object)
    duplicated = pd.Series(names).duplicated().to_numpy()
    if duplicated.any():
        row = int(duplicated.argmax())
        first = int(np.flatnonzero(names == names[row])[0])
        raise PredictionsError(
            f"row {row} has the path {names[row]!r} of row {first} again. "
            "Each cell may stand in the table once; drop one of the two rows."
        )
    return {
        "paths": names,
        "classes": tuple(classes),
        "labels": _labels(labels, classes, len(names)),
        "groups": None if groups is None else _same_length(groups, len(names), "groups"),
    }


def _labels(
    labels: Sequence[str] | None, classes: Sequence[str], count: int
) -> NDArray[np.object_] | None:
    if labels is None:
        return None
    column = _same_length(labels, count, "labels")
    unknown = ~pd.Series(column).isin(list(classes)).to_numpy()
    if unknown.any():
        row = int(unknown.argmax())
        raise PredictionsError(
            f"row {row} has the label {column[row]!r}, which is none of the classes "
            f"({', '.join(classes)}). Correct the label, or leave that row out."
        )
    return column


def _same_length(values: Sequence[str], count: int, what: str) -> NDArray[np.object_]:
    column = np.asarray(values, dtype=object)
    if len(column) != count:
        raise PredictionsError(f"{len(column)} {what} for {count} paths. Give one for each cell.")
    return column


def checked_scores(
    values: ArrayLike, paths: Sequence[str], classes: Sequence[str], prefix: str
) -> NDArray[np.float64]:
    """(n, C) finite float64, or an error that names the first bad row and column."""
    scores = np.array(values, dtype=np.float64)
    if scores.size == 0:
        scores = scores.reshape(len(paths), len(classes))
    if len(classes) < 2 or len(set(classes)) != len(classes):
        raise PredictionsError(
            f"the classes are {list(classes)}; at least two different ones are needed."
        )
    if scores.shape != (len(paths), len(classes)):
        raise PredictionsError(
            f"the scores have shape {scores.shape}; {len(paths)} paths and {len(classes)} "
            f"classes need {(len(paths), len(classes))}."
        )
    bad = ~np.isfinite(scores)
    if bad.any():
        row, column = (int(i) for i in np.argwhere(bad)[0])
        raise PredictionsError(
            f"row {row} ({paths[row]}): {prefix}_{classes[column]} is {scores[row, column]}, not a "
            "finite number. A model that overflowed often gives such values; predict again in "
            "float32, or drop the row."
        )
    return scores


def check_simplex(scores: NDArray[np.float64], paths: Sequence[str]) -> None:
    """Makes sure that the rows of (n, C) scores are probabilities.

    Raises:
        PredictionsError: One is outside [0, 1], or a row misses the sum of 1 by more than
            `SUM_TOLERANCE`.
    """
    outside = (scores < 0) | (scores > 1)
    if outside.any():
        row = int(np.argwhere(outside)[0][0])
        raise PredictionsError(
            f"row {row} ({paths[row]}) has a probability outside 0 to 1. "
            "If these are logits, name the columns logit_<class>."
        )
    sums = scores.sum(axis=1)
    off = np.abs(sums - 1) > SUM_TOLERANCE
    if off.any():
        row = int(off.argmax())
        raise PredictionsError(
            f"row {row} ({paths[row]}): the probabilities sum to {sums[row]:.4f}, not 1. "
            "Normalise them, or name the columns logit_<class> if they are logits."
        )
