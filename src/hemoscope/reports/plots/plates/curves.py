"""ROC and precision-recall curves of several models, where they differ."""

import math
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hemoscope.evaluation.result import PrecisionRecall, Roc
from hemoscope.reports.plots.panels import MACRO, MICRO, class_line, diagonal, fill_grid
from hemoscope.reports.plots.plates.frames import by_model
from hemoscope.reports.plots.precision_recall import CORNER, PrecisionRecallFigure, reaches
from hemoscope.reports.plots.roc import RocFigure
from hemoscope.reports.style import PAGE_WIDTH, new_figure

COLUMNS = 2
FPR_SHOWN = 0.1
WIDTH = 1.1  # points; panels are half as wide as those of a single model


@dataclass(frozen=True, eq=False)
class RocPlate:
    """ROC curves up to a false positive rate of 0.1, where they differ.

    Attributes:
        models: Model to its ROC figures with curves.
    """

    models: Mapping[str, Roc]
    name: ClassVar[str] = "roc-plate"
    title: ClassVar[str] = "ROC curves"
    description: ClassVar[str] = (
        "Sensitivity against false positive rate up to 0.1 for each class and for the micro and "
        "macro average, a panel a model."
    )

    def frame(self) -> pd.DataFrame:
        """One row a model and point of a curve."""
        return by_model(self.models, lambda roc: RocFigure(roc).frame())

    def plot(self) -> Figure:
        """One panel a model."""
        figure, panels = _grid(len(self.models))
        lowest = 1.0
        for axes, (model, roc) in zip(panels, self.models.items(), strict=True):
            for curve, look in _curves(roc):
                axes.plot(curve.fpr, curve.tpr, **look)
                lowest = min(lowest, float(curve.tpr[curve.fpr <= FPR_SHOWN / 20].max(initial=0)))
            diagonal(axes)
            axes.set_title(f"{model}\nmacro AUC {_said(roc.macro.auc)}", fontsize=8)
        bottom = min(0.9, math.floor(10 * lowest) / 10)
        for axes in panels:
            axes.set(xlim=(-0.002, FPR_SHOWN), ylim=(bottom, 1 + 0.02 * (1 - bottom)))
        _finish(figure, panels, self.models, "False positive rate", "Sensitivity")
        return figure


@dataclass(frozen=True, eq=False)
class PrecisionRecallPlate:
    """Precision-recall curves: their upper right corner, if all models come there.

    Attributes:
        models: Model to its figures with curves.
    """

    models: Mapping[str, PrecisionRecall]
    name: ClassVar[str] = "precision-recall-plate"
    title: ClassVar[str] = "Precision-recall curves"
    description: ClassVar[str] = (
        "Precision against recall for each class and for the micro and macro average, a panel a "
        "model; above 0.8 if every model's macro average comes there."
    )

    def frame(self) -> pd.DataFrame:
        """One row a model and point of a curve."""
        return by_model(self.models, lambda pr: PrecisionRecallFigure(pr).frame())

    def plot(self) -> Figure:
        """One panel a model."""
        figure, panels = _grid(len(self.models))
        lowest = CORNER if all(map(_comes_to_the_corner, self.models.values())) else 0.0
        for axes, (model, pr) in zip(panels, self.models.items(), strict=True):
            for curve, look in _curves(pr):
                axes.plot(curve.recall, curve.precision, **look)
            mean = _said(pr.macro.average_precision)
            axes.set_title(f"{model}\nmean average precision {mean}", fontsize=8)
            axes.set(xlim=(lowest, 1.004), ylim=(lowest, 1.004))
        _finish(figure, panels, self.models, "Recall", "Precision")
        return figure


def _comes_to_the_corner(pr: PrecisionRecall) -> bool:
    return pr.macro.curve is not None and reaches(pr.macro.curve, CORNER)


def _curves(figures: Roc | PrecisionRecall) -> Iterator[tuple[Any, dict[str, Any]]]:
    """Every curve with its look: classes, then both averages."""
    each = [*figures.per_class.values(), figures.micro, figures.macro]
    looks = [*map(class_line, range(len(figures.per_class))), MICRO, MACRO]
    for one, look in zip(each, looks, strict=True):
        if one.curve is not None:
            yield one.curve, {**look, "linewidth": WIDTH}


def _grid(count: int) -> tuple[Figure, list[Axes]]:
    columns = min(count, COLUMNS)
    rows = math.ceil(count / columns)
    figure = new_figure(PAGE_WIDTH if columns > 1 else 4.4, 2.7 * rows + 0.2)
    return figure, fill_grid(figure, count, columns)


def _finish(
    figure: Figure,
    panels: list[Axes],
    models: Mapping[str, Roc] | Mapping[str, PrecisionRecall],
    xlabel: str,
    ylabel: str,
) -> None:
    """Labels, and one legend of the classes."""
    figure.supxlabel(xlabel, fontsize=8)
    figure.supylabel(ylabel, fontsize=8)
    first = next(iter(models.values()))
    names = [*first.per_class, "micro average", "macro average"]
    looks = [*map(class_line, range(len(first.per_class))), MICRO, MACRO]
    handles = [panels[0].plot([], [], **{**look, "linewidth": WIDTH})[0] for look in looks]
    figure.legend(handles, names, loc="outside right upper", fontsize=7)


def _said(value: float | None) -> str:
    return "–" if value is None else f"{value:.4f}"
