"""The curves of a training run, as a file."""

from pathlib import Path

import pandas as pd

from hemoscope.files import cause
from hemoscope.reports.errors import ReportError
from hemoscope.reports.figure import FORMATS, save_figure
from hemoscope.reports.plots.history import HistoryFigure


def save_history_figure(history: pd.DataFrame, path: str | Path) -> Path:
    """Draws loss, accuracy and learning rate by epoch.

    Args:
        history: The run's `history.csv`: `epoch`, `train_loss`, `train_accuracy`, `val_loss`,
            `val_accuracy`, `learning_rate`.
        path: An `.svg` or `.png` file; its folder is made if need be.

    Raises:
        ReportError: The history is no history or empty, the suffix is none of these, or the
            file cannot be written.
    """
    path = Path(path)
    figure = HistoryFigure(history)
    if path.suffix.lower() not in FORMATS:
        raise ReportError(f"{path}: figures are written as {' or '.join(FORMATS)}; name it so.")
    try:
        return save_figure(figure, path)
    except OSError as error:
        raise ReportError(f"cannot write {path}: {cause(error)}.") from error
