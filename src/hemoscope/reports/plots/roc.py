"""Receiver operating characteristic."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hemoscope.evaluation.result import Roc, RocCurve, RocFigures
from hemoscope.reports.numbers import fixed
from hemoscope.reports.plots.panels import (
    MACRO,
    MICRO,
    class_line,
    diagonal,
    legend_beside,
    unit_square,
)
from hemoscope.reports.style import PAGE_WIDTH, new_figure

ZOOM = 0.1  # the false positive rates that matter in practice


@dataclass(frozen=True, eq=False)
class RocFigure:
    """All ROC curves, and their beginning up to a false positive rate of 0.1.

    Attributes:
        roc: The figures with their curves.
    """

    roc: Roc
    name: ClassVar[str] = "roc"
    title: ClassVar[str] = "ROC curves"
    description: ClassVar[str] = (
        "Sensitivity against false positive rate for each class and for the micro and macro "
        "average, whole and enlarged up to a false positive rate of 0.1."
    )

    def frame(self) -> pd.DataFrame:
        """One row a point of a curve; averages are called "micro average", "macro average"."""
        parts = [_points(name, curve) for name, _, curve, _ in self._curves()]
        columns = ["curve", "fpr", "tpr", "threshold"]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)

    def plot(self) -> Figure:
        """Two panels and a legend with the areas."""
        figure = new_figure(PAGE_WIDTH, 2.75)
        whole, zoom = figure.subplots(1, 2)
        handles = []
        for name, figures, curve, look in self._curves():
            (line,) = whole.plot(curve.fpr, curve.tpr, **look)
            zoom.plot(curve.fpr, curve.tpr, **look)
            line.set_label(f"{name}  {fixed(figures.auc)}")
            handles.append(line)
        diagonal(whole)
        diagonal(zoom)
        unit_square(whole, "False positive rate", "Sensitivity")
        whole.set_title("Whole curve")
        self._frame_zoom(zoom)
        legend_beside(figure, handles, "Area under the curve")
        return figure

    def _frame_zoom(self, axes: Axes) -> None:
        reached = [np.interp(0.005, curve.fpr, curve.tpr) for _, _, curve, _ in self._curves()]
        lowest = np.floor(10 * min(reached, default=0.0)) / 10
        bottom = float(np.clip(lowest, 0.0, 0.9))
        axes.set(
            xlim=(-0.002, ZOOM + 0.002), ylim=(bottom, 1 + 0.02 * (1 - bottom)),
            title="False positive rate up to 0.1", xlabel="False positive rate", box_aspect=1,
        )  # fmt: skip

    def _curves(self) -> Iterator[tuple[str, RocFigures, RocCurve, dict[str, Any]]]:
        for position, (name, figures) in enumerate(self.roc.per_class.items()):
            if figures.curve is not None:
                yield name, figures, figures.curve, class_line(position)
        for name, figures, look in (
            ("micro average", self.roc.micro, MICRO),
            ("macro average", self.roc.macro, MACRO),
        ):
            if figures.curve is not None:
                yield name, figures, figures.curve, look


def _points(name: str, curve: RocCurve) -> pd.DataFrame:
    thresholds = np.full(len(curve.fpr), np.nan) if curve.thresholds is None else curve.thresholds
    return pd.DataFrame(
        {"curve": name, "fpr": curve.fpr, "tpr": curve.tpr, "threshold": thresholds}
    )
