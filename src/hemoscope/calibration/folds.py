"""Cells dealt into parts: classes evenly, groups whole, one cell a group."""

import warnings
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemoscope.calibration.arrays import Indices
from hemoscope.calibration.errors import CalibrationError
from hemoscope.predictions import Predictions


def deal(truth: Indices, groups: Indices | None, parts: int, seed: int) -> Indices:
    """(n,) part 0 … parts-1 of each cell; every class is spread as evenly as can be.

    Args:
        truth: (n,) class indices.
        groups: (n,) group indices; the cells of a group come into one part. None: independent.
        parts: At least 2.
        seed: Seed of the shuffling.

    Raises:
        CalibrationError: There are fewer cells, or fewer groups, than parts.
    """
    units, name = (truth, "cells") if groups is None else (np.unique(groups), "groups")
    if len(units) < parts:
        raise CalibrationError(
            f"{len(units)} {name} cannot be dealt into {parts} parts, and figures on the cells "
            f"that were fitted on would be too good. Use more {name}."
        )
    if groups is not None:
        return _deal_groups(truth, groups, parts, seed)
    shuffled = np.random.default_rng(seed).permutation(len(truth))
    by_class = shuffled[np.argsort(truth[shuffled], kind="stable")]
    part = np.empty(len(truth), np.intp)
    part[by_class] = np.arange(len(truth)) % parts
    return part


def one_per_group(predictions: Predictions, seed: int) -> Predictions:
    """One cell of each group, drawn at random; all cells where there are no groups.

    Cells of a group are not exchangeable with others one by one, so a guarantee that counts them
    as n independent cells would be false. With one cell of each it holds for a cell of a new group
    (Dunn, Wasserman and Ramdas 2023, "subsampling once").
    """
    groups = predictions.groups
    return predictions if groups is None else predictions.take(one_row_per_group(groups, seed))


def one_row_per_group(groups: NDArray[Any], seed: int) -> Indices:
    """The rows that `one_per_group` takes, rising, of (n,) names or indices of groups."""
    order = np.random.default_rng(seed).permutation(len(groups))
    first = ~pd.Series(groups[order]).duplicated().to_numpy()
    return np.sort(order[first])


def group_indices(predictions: Predictions) -> Indices | None:
    """(n,) group of each cell as an index, or None without groups."""
    return None if predictions.groups is None else pd.factorize(predictions.groups)[0]


def _deal_groups(truth: Indices, groups: Indices, parts: int, seed: int) -> Indices:
    from sklearn.model_selection import StratifiedGroupKFold  # noqa: PLC0415 (reading a calibration needs none of it)

    part = np.empty(len(truth), np.intp)
    folds = StratifiedGroupKFold(parts, shuffle=True, random_state=seed)
    with warnings.catch_warnings():
        # A class rarer than the number of parts is missing from some; nothing depends on it.
        warnings.filterwarnings("ignore", message="The least populated class")
        for index, (_, rows) in enumerate(folds.split(truth[:, None], truth, groups)):
            part[rows] = index
    return part
