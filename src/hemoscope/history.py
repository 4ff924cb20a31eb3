"""`history.csv`, what a training run tells of itself: one row an epoch. Needs no torch."""

from pathlib import Path

import pandas as pd

from hemoscope.errors import HemoscopeError, UsageError

COLUMNS = (
    "epoch",
    "train_loss",
    "train_accuracy",
    "val_loss",
    "val_accuracy",
    "learning_rate",
    "seconds",
    "images_per_second",
)
"""`epoch` counts from 1; `seconds` are of the whole epoch, `images_per_second` of its training.

A joint model's history has further columns: `train_accuracy_NAME` and `val_accuracy_NAME` of each
branch. Its own accuracy is that of the mean of all branches, its loss the mean of their losses.
"""

FIGURES = COLUMNS[1:5]
"""Losses and accuracies (0 … 1), means over the epoch."""


BRANCH_ACCURACY = "val_accuracy_"


def branch_accuracies(history: pd.DataFrame) -> tuple[str, ...]:
    """The columns with the validation accuracy of each branch; none unless the model is joint."""
    return tuple(str(name) for name in history if str(name).startswith(BRANCH_ACCURACY))


def read_history(run: Path) -> pd.DataFrame:
    """`history.csv` of a run folder.

    Raises:
        HemoscopeError: There is none, or it cannot be read.
    """
    file = run / "history.csv"
    if not file.is_file():
        raise UsageError(f"there is no training history at {file}; --run wants a run folder.")
    try:
        return pd.read_csv(file)
    except (OSError, ValueError) as error:
        raise HemoscopeError(
            f"{file} cannot be read as a training history: {error}. Name another run folder, or "
            "train once more."
        ) from error
