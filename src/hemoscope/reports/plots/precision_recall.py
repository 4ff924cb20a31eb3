"""Precision against recall, and against how common a class is."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any, ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hemoscope.evaluation.result import PrCurve, PrecisionRecall, PrFigures
from hemoscope.reports.numbers import fixed
from hemoscope.reports.plots.panels import (
    MACRO,
    MICRO,
    class_line,
    legend_beside,
    plain_log_axis,
    unit_square,
)
from hemoscope.reports.style import GREY, PAGE_WIDTH, class_style, new_figure

ISO_F1 = (0.2, 0.4, 0.6, 0.8, 0.9)
ISO_F1_IN_CORNER = (0.85, 0.9, 0.95, 0.98)
CORNER = 0.8


@dataclass(frozen=True, eq=False)
class PrecisionRecallFigure:
    """All precision-recall curves over lines of equal F1, and their upper right corner.

    Attributes:
        pr: The figures with their curves.
    """

    pr: PrecisionRecall
    name: ClassVar[str] = "precision-recall"
    title: ClassVar[str] = "Precision-recall curves"
    description: ClassVar[str] = (
        "Precision against recall for each class and for the micro and macro average, with lines "
        "of equal F1; whole, and the corner above 0.8."
    )

    def frame(self) -> pd.DataFrame:
        """One row a point of a curve."""
        parts = [_points(name, curve) for name, _, curve, _ in self._curves()]
        columns = ["curve", "recall", "precision", "threshold"]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame(columns=columns)

    def plot(self) -> Figure:
        """Two panels and a legend with the average precisions."""
        figure = new_figure(PAGE_WIDTH, 2.75)
        whole, corner = figure.subplots(1, 2)
        _iso_f1(whole, ISO_F1, 0.0)
        _iso_f1(corner, ISO_F1_IN_CORNER, CORNER)
        handles = []
        for name, figures, curve, look in self._curves():
            (line,) = whole.plot(curve.recall, curve.precision, **look)
            corner.plot(curve.recall, curve.precision, **look)
            line.set_label(f"{name}  {fixed(figures.average_precision)}")
            handles.append(line)
        unit_square(whole, "Recall", "Precision")
        whole.set_title("Whole curve")
        if not any(reaches(curve, CORNER) for _, _, curve, _ in self._curves()):
            corner.text(0.9, 0.82, "no curve comes here", ha="center", style="italic")
        corner.set(
            xlim=(CORNER, 1.004), ylim=(CORNER, 1.004), box_aspect=1, xlabel="Recall",
            title="Upper right corner",
        )  # fmt: skip
        legend_beside(figure, handles, "Average precision")
        return figure

    def _curves(self) -> Iterator[tuple[str, PrFigures, PrCurve, dict[str, Any]]]:
        for position, (name, figures) in enumerate(self.pr.per_class.items()):
            if figures.curve is not None:
                yield name, figures, figures.curve, class_line(position)
        for name, figures, look in (
            ("micro average", self.pr.micro, MICRO),
            ("macro average", self.pr.macro, MACRO),
        ):
            if figures.curve is not None:
                yield name, figures, figures.curve, look


def reaches(curve: PrCurve, level: float) -> bool:
    """Whether precision and recall are at a level or above it in one point."""
    return bool(((curve.recall >= level) & (curve.precision >= level)).any())


def _points(name: str, curve: PrCurve) -> pd.DataFrame:
    thresholds = (
        np.full(len(curve.recall), np.nan) if curve.thresholds is None else curve.thresholds
    )
    return pd.DataFrame(
        {
            "curve": name,
            "recall": curve.recall,
            "precision": curve.precision,
            "threshold": thresholds,
        }
    )


def _iso_f1(axes: Axes, levels: tuple[float, ...], start: float) -> None:
    """Lines on which 2PR / (P + R) is constant."""
    for level in levels:
        recall = np.linspace(max(level / (2 - level), start), 1, 100)
        axes.plot(
            recall,
            level * recall / (2 * recall - level),
            color="#C4CAD2",
            linewidth=0.7,
            zorder=0.5,
        )
        diagonal = max(level, start)
        axes.text(
            diagonal, level * diagonal / (2 * diagonal - level), f"F1 {level:g}", fontsize=5.5,
            color=GREY, ha="center", va="center", zorder=0.6,
            bbox={"facecolor": "white", "edgecolor": "none", "pad": 0.6},
        )  # fmt: skip


@dataclass(frozen=True, eq=False)
class PrevalenceFigure:
    """What becomes of precision and average precision when a class is rarer or commoner.

    Attributes:
        pr: The figures with their prevalence curves.
    """

    pr: PrecisionRecall
    name: ClassVar[str] = "prevalence"
    title: ClassVar[str] = "Precision against prevalence"
    description: ClassVar[str] = (
        "Precision at recall 0.90 and average precision of each class against the share of cells "
        "that are of it; a dot marks the share in these cells."
    )

    def frame(self) -> pd.DataFrame:
        """One row a class and prevalence."""
        parts = [
            pd.DataFrame(
                {
                    "class": name,
                    "observed_prevalence": curve.observed,
                    "prevalence": curve.prevalence,
                    "precision_at_recall_0.9": curve.precision,
                    "average_precision": curve.average_precision,
                }
            )
            for name, figures in self.pr.per_class.items()
            if (curve := figures.prevalence) is not None
        ]
        return pd.concat(parts, ignore_index=True) if parts else pd.DataFrame({"class": []})

    def plot(self) -> Figure:
        """Two panels over a logarithmic prevalence."""
        figure = new_figure(PAGE_WIDTH, 2.6)
        precision, average = figure.subplots(1, 2, sharex=True, sharey=True)
        handles = []
        for position, (name, figures) in enumerate(self.pr.per_class.items()):
            curve = figures.prevalence
            if curve is None:
                continue
            look: dict[str, Any] = class_line(position)
            for axes, values in ((precision, curve.precision), (average, curve.average_precision)):
                (line,) = axes.plot(curve.prevalence, values, **look)
                here = np.interp(curve.observed, curve.prevalence, values)
                axes.plot(curve.observed, here, marker="o", color=class_style(position).colour)
            line.set_label(name)
            handles.append(line)
        precision.set(xscale="log", ylim=(-0.02, 1.02), title="Precision at recall 0.90")
        precision.set(xlabel="Prevalence", ylabel="Precision")
        average.set(xlabel="Prevalence", title="Average precision")
        plain_log_axis(average.xaxis)
        legend_beside(figure, handles, "Class (dot: in these cells)")
        return figure
