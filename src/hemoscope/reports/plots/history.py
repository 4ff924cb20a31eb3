"""How training went, epoch by epoch."""

from dataclasses import dataclass
from itertools import cycle
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FuncFormatter, MaxNLocator, PercentFormatter

from hemoscope.history import BRANCH_ACCURACY, COLUMNS, branch_accuracies
from hemoscope.reports.errors import ReportError
from hemoscope.reports.style import BLUE, GREY, INK, PAGE_WIDTH, VERMILION, new_figure

DRAWN = COLUMNS[:6]
_DASHES = ("-", (0, (5, 1)), (0, (1, 1)), (0, (5, 1, 1, 1)))


@dataclass(frozen=True, eq=False)
class HistoryFigure:
    """Loss, accuracy and learning rate by epoch.

    Attributes:
        history: The run's `history.csv`; a row an epoch, the columns `COLUMNS`. Validation
            values may be missing (nan). A joint model's has columns for its branches too.
    """

    history: pd.DataFrame
    name: ClassVar[str] = "history"
    title: ClassVar[str] = "Training history"
    description: ClassVar[str] = (
        "Three line charts over epochs: loss and accuracy on training and validation cells, and "
        "the learning rate."
    )

    def __post_init__(self) -> None:
        missing = [column for column in DRAWN if column not in self.history]
        if missing:
            raise ReportError(
                f"the training history has no column {', '.join(map(repr, missing))}; it needs "
                f"{', '.join(DRAWN)}. Hand in the history.csv of a run folder."
            )
        if self.history.empty:
            raise ReportError("the training history has no epoch yet, so there is nothing to draw.")

    def frame(self) -> pd.DataFrame:
        """The history itself."""
        columns = [c for c in COLUMNS if c in self.history]
        return self.history.loc[:, [*columns, *branch_accuracies(self.history)]]

    def plot(self) -> Figure:
        """Three panels side by side."""
        figure = new_figure(PAGE_WIDTH, 2.6)
        loss, accuracy, rate = figure.subplots(1, 3)
        self._pair(loss, "loss")
        self._branches(accuracy)
        self._pair(accuracy, "accuracy")
        self._mark_best(accuracy)
        loss.set(title="Loss", xlabel="Epoch", ylim=(0, self._top("train_loss", "val_loss")))
        accuracy.set(title="Accuracy", xlabel="Epoch")
        accuracy.yaxis.set_major_formatter(PercentFormatter(1.0))
        self._line(rate, "learning_rate", GREY, "-", "Learning rate")
        rate.set(title="Learning rate", xlabel="Epoch", ylim=(0, self._top("learning_rate")))
        rate.yaxis.set_major_formatter(FuncFormatter(lambda value, _: f"{value:g}"))
        for axes in (loss, accuracy, rate):
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        figure.legend(handles=accuracy.get_lines(), loc="outside lower center", ncols=3)
        return figure

    def _pair(self, axes: Axes, what: str) -> None:
        self._line(axes, f"train_{what}", BLUE, "-", "Training")
        self._line(axes, f"val_{what}", VERMILION, (0, (4, 1.5)), "Validation")

    def _branches(self, axes: Axes) -> None:
        """Each branch of a joint model on validation cells, thin and told apart by its dashes."""
        for column, dashes in zip(branch_accuracies(self.history), cycle(_DASHES), strict=False):
            name = column.removeprefix(BRANCH_ACCURACY)
            axes.plot(
                self.history["epoch"], self.history[column], color=GREY, linestyle=dashes,
                linewidth=1, label=f"Validation, {name} alone",
            )  # fmt: skip

    def _line(
        self,
        axes: Axes,
        column: str,
        colour: str,
        line: str | tuple[int, tuple[float, ...]],
        label: str,
    ) -> None:
        values = self.history[column]
        if values.notna().any():
            # A single epoch is a point, which a line alone would not show.
            marker = "o" if len(values) < 15 else ""
            axes.plot(
                self.history["epoch"], values, color=colour, linestyle=line, marker=marker,
                markersize=3, label=label,
            )  # fmt: skip

    def _mark_best(self, axes: Axes) -> None:
        validation = self.history["val_accuracy"].to_numpy(dtype=np.float64)
        if np.isnan(validation).all():
            return
        best = int(np.nanargmax(validation))
        epoch, value = float(self.history["epoch"].iloc[best]), float(validation[best])
        axes.plot(
            [epoch], [value], marker="o", markersize=7, mfc="none", mec=INK, mew=1, linestyle="",
            label=f"Best: {value:.2%}, epoch {epoch:g}",
        )  # fmt: skip

    def _top(self, *columns: str) -> float:
        """A little above the largest value, so that it isn't cut; 1 where there is none."""
        largest = float(np.nanmax(self.history[list(columns)].to_numpy(np.float64), initial=0))
        return 1.05 * largest if largest > 0 else 1.0
