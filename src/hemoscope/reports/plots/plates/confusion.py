"""Confusion matrices of several models side by side."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.figure import Figure

from hemoscope.evaluation.result import Confusion
from hemoscope.reports.plots.confusion import ConfusionFigure
from hemoscope.reports.plots.panels import fill_grid
from hemoscope.reports.plots.plates.frames import by_model
from hemoscope.reports.style import PAGE_WIDTH, new_figure

COLUMNS = 2


@dataclass(frozen=True, eq=False)
class ConfusionPlate:
    """Counts and shares of the true class, a matrix a model.

    Attributes:
        classes: Class names, in the order of the matrices.
        models: Model to its confusion.
    """

    classes: tuple[str, ...]
    models: Mapping[str, Confusion]
    name: ClassVar[str] = "confusion-plate"
    title: ClassVar[str] = "Confusion matrices"
    description: ClassVar[str] = (
        "True classes (rows) against predicted classes (columns), with counts and the share of "
        "each true class, a matrix a model."
    )

    def frame(self) -> pd.DataFrame:
        """One row for each model and pair of classes."""
        return by_model(self.models, lambda own: ConfusionFigure(self.classes, own).frame())

    def plot(self) -> Figure:
        """One matrix a model."""
        size, count = len(self.classes), len(self.models)
        columns = min(count, COLUMNS)
        rows = -(-count // columns)
        side = 2.75 if columns > 1 else 4.0
        figure = new_figure(PAGE_WIDTH if columns > 1 else 5.2, rows * (side + 0.25) + 0.9)
        panels = fill_grid(figure, count, columns)
        for axes, (model, confusion) in zip(panels, self.models.items(), strict=True):
            ConfusionFigure(self.classes, confusion).draw(axes, side / size)
            mistakes = confusion.mistakes.count
            axes.set_title(f"{model}: {mistakes:,} of {confusion.matrix.sum():,} wrong", fontsize=8)
            axes.set_xticks(range(size), self.classes, rotation=40, ha="right",
                            rotation_mode="anchor", fontsize=6.5)  # fmt: skip
            axes.set_yticks(range(size), self.classes, fontsize=6.5)
            axes.grid(visible=False)
            axes.tick_params(length=0)
            for spine in axes.spines.values():
                spine.set_visible(False)
        figure.supxlabel("Predicted class", fontsize=8)
        figure.supylabel("True class", fontsize=8)
        return figure
