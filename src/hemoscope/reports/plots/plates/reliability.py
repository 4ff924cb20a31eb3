"""Reliability of several models, over all classes and class by class."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.figure import Figure

from hemoscope.evaluation.result import Calibration
from hemoscope.reports.plots.calibration import bins_frame, draw_reliability
from hemoscope.reports.plots.plates.frames import by_model
from hemoscope.reports.style import BLUE, PAGE_WIDTH, class_style, new_figure


@dataclass(frozen=True, eq=False)
class ReliabilityPlate:
    """Share called right against stated confidence.

    Attributes:
        models: Model to its calibration figures.
    """

    models: Mapping[str, Calibration]
    name: ClassVar[str] = "reliability-plate"
    title: ClassVar[str] = "Reliability diagrams"
    description: ClassVar[str] = (
        "Share of cells called right against stated confidence with 95 % intervals, a panel a "
        "model."
    )

    def frame(self) -> pd.DataFrame:
        """One row a model and bin."""
        return by_model(self.models, lambda figures: bins_frame(figures.diagram))

    def plot(self) -> Figure:
        """One panel a model."""
        count = len(self.models)
        figure = new_figure(PAGE_WIDTH, 2.3)
        panels = figure.subplots(1, count, squeeze=False, sharey=True)[0]
        for axes, (model, figures) in zip(panels, self.models.items(), strict=True):
            draw_reliability(axes, figures.diagram, BLUE)
            axes.set_title(f"{model}\nECE {figures.ece:.4f}", fontsize=8)
            axes.set(xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
        figure.supxlabel("Stated confidence", fontsize=8)
        figure.supylabel("Share called right", fontsize=8)
        return figure


@dataclass(frozen=True, eq=False)
class ClassReliabilityPlate:
    """Reliability of each class's own probability.

    Attributes:
        models: Model to its calibration figures; the same classes in all.
    """

    models: Mapping[str, Calibration]
    name: ClassVar[str] = "class-reliability-plate"
    title: ClassVar[str] = "Reliability by class"
    description: ClassVar[str] = (
        "Share of cells that are of a class against its stated probability with 95 % intervals, a "
        "row a model and a column a class."
    )

    def frame(self) -> pd.DataFrame:
        """One row a model, class and bin."""
        return by_model(
            self.models,
            lambda figures: by_model(
                figures.per_class, lambda own: bins_frame(own.diagram), "class"
            ),
        )

    def plot(self) -> Figure:
        """One panel a model and class."""
        classes = list(next(iter(self.models.values())).per_class)
        height = 0.55 + 0.9 * len(self.models)
        figure = new_figure(PAGE_WIDTH, height)
        grid = figure.subplots(
            len(self.models), len(classes), squeeze=False, sharex=True, sharey=True
        )
        for row, (model, figures) in zip(grid, self.models.items(), strict=True):
            for place, (axes, name) in enumerate(zip(row, classes, strict=True)):
                draw_reliability(axes, figures.per_class[name].diagram, class_style(place).colour)
                axes.set(xticks=[0, 1], yticks=[0, 1])
                for line in axes.lines:
                    line.set_markersize(2)
                axes.text(0.97, 0.05, f"{figures.per_class[name].ece:.4f}", fontsize=5.5,
                          ha="right", transform=axes.transAxes)  # fmt: skip
            row[0].set_ylabel(model, fontsize=7)
        for axes, name in zip(grid[0], classes, strict=True):
            axes.set_title(name, fontsize=6.5)
        figure.supxlabel("Stated probability (small number: the class's ECE)", fontsize=8)
        return figure
