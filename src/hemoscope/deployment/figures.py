"""Accuracy on predictions tables that the run's owner hands in, for the card."""

from collections.abc import Sequence
from pathlib import Path

import numpy as np

from hemoscope.errors import HemoscopeError
from hemoscope.evaluation.intervals.wilson import wilson_limits
from hemoscope.inference.bundle import Figure
from hemoscope.predictions import Predictions


def figure_of(table: Path, classes: Sequence[str]) -> Figure:
    """Accuracy, with a 95 % Wilson interval, and the recall of each class.

    Args:
        table: A predictions table with labels.
        classes: Of the model.

    Raises:
        HemoscopeError: The table has no labels, or is of a model with other classes.
    """
    predictions = Predictions.read(table)
    if predictions.labels is None:
        raise HemoscopeError(f"{table} has no labels, so it says nothing of accuracy.")
    if predictions.classes != tuple(classes):
        raise HemoscopeError(
            f"{table} is of another model: its classes are {', '.join(predictions.classes)}; this "
            f"one's are {', '.join(classes)}."
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
