"""Accuracy on predictions tables that the run's owner hands in, for the card."""

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from hemoscope.errors import HemoscopeError
from hemoscope.evaluation.intervals.wilson import wilson_limits
from hemoscope.inference.bundle_info import Figure
from hemoscope.inference.maker import Maker
from hemoscope.predictions import Predictions


def figure_of(table: Path, classes: Sequence[str], model: Mapping[str, Any]) -> Figure:
    """Accuracy, with a 95 % Wilson interval, and the recall of each class.

    Args:
        table: A predictions table with labels.
        classes: Of the model.
        model: What a scorer of it says of itself: its SHA-256, and which branch it is.

    Raises:
        HemoscopeError: The table has no labels, or another model or branch made it, or it does not
            say which.
    """
    predictions = Predictions.read(table)
    if predictions.labels is None:
        raise HemoscopeError(f"{table} has no labels, so it says nothing of accuracy.")
    if predictions.classes != tuple(classes):
        raise HemoscopeError(
            f"{table} is of another model: its classes are {', '.join(predictions.classes)}; this "
            f"one's are {', '.join(classes)}."
        )
    difference = Maker.told_by(predictions.provenance).differs_from(Maker.told_by(model))
    if difference is not None:
        raise HemoscopeError(
            f"the predictions in {table} {difference}, so their figures do not belong on the card. "
            "Predict the cells with `hemoscope predict --model` and the run folder"
            + (", and the same --branch." if "branch" in model else ".")
        )
    truth = predictions.truth()
    right = predictions.predicted == truth
    low, high = wilson_limits(right.sum(), len(right))
    return Figure(
        table=table.name,
        cells=len(right),
        accuracy=float(right.mean()),
        low=float(low),
        high=float(high),
        recall={
            name: float(right[truth == index].mean())
            for index, name in enumerate(classes)
            if np.any(truth == index)
        },
    )
