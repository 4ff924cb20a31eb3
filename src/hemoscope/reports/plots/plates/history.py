"""Training histories of several models."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import MaxNLocator, PercentFormatter

from hemoscope.reports.plots.history import HistoryFigure
from hemoscope.reports.plots.plates.frames import by_model
from hemoscope.reports.style import BLUE, PAGE_WIDTH, VERMILION, new_figure


@dataclass(frozen=True, eq=False)
class HistoryPlate:
    """Loss and accuracy by epoch.

    Attributes:
        histories: Model to the run's history, a row an epoch.
    """

    histories: Mapping[str, pd.DataFrame]
    name: ClassVar[str] = "history-plate"
    title: ClassVar[str] = "Training histories"
    description: ClassVar[str] = (
        "Loss above and accuracy below over epochs, training and validation, a column a model."
    )

    def frame(self) -> pd.DataFrame:
        """One row a model and epoch."""
        return by_model(self.histories, lambda history: HistoryFigure(history).frame())

    def plot(self) -> Figure:
        """Two panels a model."""
        count = len(self.histories)
        figure = new_figure(PAGE_WIDTH, 3.6)
        grid = figure.subplots(2, count, squeeze=False, sharex="col", sharey="row")
        for column, (model, history) in enumerate(self.histories.items()):
            for row, what in enumerate(("loss", "accuracy")):
                axes = grid[row][column]
                for part, colour, line in (("train", BLUE, "-"), ("val", VERMILION, "--")):
                    marker = "o" if len(history) < 15 else ""
                    values = history[f"{part}_{what}"]
                    axes.plot(history["epoch"], values, color=colour, linestyle=line,
                              marker=marker, markersize=2.5, linewidth=1.2)  # fmt: skip
            grid[0][column].set_title(model, fontsize=8)
            grid[1][column].set_xlabel("Epoch")
            grid[1][column].xaxis.set_major_locator(MaxNLocator(integer=True, nbins=4))
        grid[0][0].set(ylabel="Loss", ylim=(0, None))
        grid[1][0].set_ylabel("Accuracy")
        grid[1][0].yaxis.set_major_formatter(PercentFormatter(1.0))
        lines = grid[0][0].get_lines()
        figure.legend(lines, ["Training", "Validation"], loc="outside lower center", ncols=2)
        return figure
