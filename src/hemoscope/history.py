"""`history.csv`, what a training run tells of itself: one row an epoch. Needs no torch."""

from pathlib import Path

import pandas as pd

from hemoscope.errors import HemoscopeError

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
"""`epoch` counts from 1; `seconds` are of the whole epoch, `images_per_second` of its training."""

FIGURES = COLUMNS[1:5]
"""Losses and accuracies (0 … 1), means over the epoch."""


def read_history(run: Path) -> pd.DataFrame:
    """`history.csv` of a run folder.

    Raises:
        HemoscopeError: There is none.
    """
    file = run / "history.csv"
    if not file.is_file():
        raise HemoscopeError(f"there is no training history at {file}; --run wants a run folder.")
    return pd.read_csv(file)
