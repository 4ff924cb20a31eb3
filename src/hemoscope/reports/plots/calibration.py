"""Whether stated probabilities come true, and how sure the model was when it erred."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hemoscope.evaluation.result import Calibration, ReliabilityDiagram
from hemoscope.reports.plots.panels import diagonal, panel_grid, plain_log_axis, unit_square
from hemoscope.reports.style import BLUE, GREY, PAGE_WIDTH, RIGHT, WRONG, class_style, new_figure


@dataclass(frozen=True, eq=False)
class ReliabilityFigure:
    """Accuracy against confidence, in bins of equal width and of equal mass, with counts.

    Attributes:
        calibration: The result.
    """

    calibration: Calibration
    name: ClassVar[str] = "reliability"
    title: ClassVar[str] = "Reliability diagram"
    description: ClassVar[str] = (
        "Share of cells called right against stated confidence, with intervals, and below "
        "it the number of cells in each bin; equal-width bins on the left, equal-mass bins on "
        "the right."
    )

    def frame(self) -> pd.DataFrame:
        """One row a bin; `bins` tells the kind."""
        return pd.concat(
            [
                bins_frame(self.calibration.diagram).assign(bins="equal width"),
                bins_frame(self.calibration.adaptive_diagram).assign(bins="equal mass"),
            ],
            ignore_index=True,
        )

    def plot(self) -> Figure:
        """Diagrams above, counts below."""
        figure = new_figure(PAGE_WIDTH * 0.86, 4.7)
        grid = figure.subplots(2, 2, height_ratios=[3, 1], sharex=True, sharey="row")
        parts = (
            ("Bins of equal width", self.calibration.diagram),
            ("Bins of equal mass", self.calibration.adaptive_diagram),
        )
        for column, (title, diagram) in enumerate(parts):
            above, below = grid[0][column], grid[1][column]
            draw_reliability(above, diagram, BLUE)
            draw_counts(below, diagram)
            above.set_aspect("auto")
            above.set_box_aspect(1)
            below.set_box_aspect(0.3)
            above.set(title=title, xlabel="")
            below.set_xlabel("Stated confidence")
        grid[0][0].set_ylabel("Share called right")
        grid[1][0].set_ylabel("Cells (log)")
        return figure


@dataclass(frozen=True, eq=False)
class ClassReliabilityFigure:
    """A small reliability diagram for each class's own probability.

    Attributes:
        calibration: The result.
    """

    calibration: Calibration
    name: ClassVar[str] = "reliability-by-class"
    title: ClassVar[str] = "Reliability by class"
    description: ClassVar[str] = (
        "For each class, the share of cells that are of it against the stated probability, with "
        "95 % intervals."
    )

    def frame(self) -> pd.DataFrame:
        """One row a class and bin."""
        return pd.concat(
            [
                bins_frame(figures.diagram).assign(**{"class": name})
                for name, figures in self.calibration.per_class.items()
            ],
            ignore_index=True,
        )

    def plot(self) -> Figure:
        """One panel a class."""
        figure, panels = panel_grid(len(self.calibration.per_class), panel_height=1.75)
        for position, (axes, (name, figures)) in enumerate(
            zip(panels, self.calibration.per_class.items(), strict=True)
        ):
            draw_reliability(axes, figures.diagram, class_style(position).colour)
            axes.set(title=f"{name}\nECE {figures.ece:.4f}", xticks=[0, 0.5, 1], yticks=[0, 0.5, 1])
        figure.supxlabel("Stated probability", fontsize=8)
        figure.supylabel("Observed share", fontsize=8)
        return figure


@dataclass(frozen=True, eq=False)
class ConfidenceFigure:
    """Confidence of cells called right, and of cells called wrong.

    Attributes:
        calibration: The result.
    """

    calibration: Calibration
    name: ClassVar[str] = "confidence"
    title: ClassVar[str] = "Confidence when right and when wrong"
    description: ClassVar[str] = (
        "Histograms of the confidence of cells called right and of cells called wrong; lines mark "
        "the means."
    )

    def frame(self) -> pd.DataFrame:
        """One row a bin: low, high, right, wrong."""
        histogram = self.calibration.histogram
        return pd.DataFrame(
            {
                "low": histogram.edges[:-1],
                "high": histogram.edges[1:],
                "right": histogram.right,
                "wrong": histogram.wrong,
            }
        )

    def plot(self) -> Figure:
        """Two panels, each with its own counts: there are far more of the one than the other."""
        figure = new_figure(PAGE_WIDTH, 2.3)
        panels = figure.subplots(1, 2, sharex=True)
        histogram, means = self.calibration.histogram, self.calibration.confidence
        parts = (
            ("Called right", histogram.right, means.right, RIGHT),
            ("Called wrong", histogram.wrong, means.wrong, WRONG),
        )
        for axes, (title, counts, mean, colour) in zip(panels, parts, strict=True):
            _bars(axes, histogram.edges, counts, colour)
            axes.set(title=f"{title} ({counts.sum()})", xlabel="Confidence", xlim=(0, 1))
            axes.yaxis.get_major_locator().set_params(integer=True)
            if mean is None:
                axes.text(0.5, 0.5, "none", transform=axes.transAxes, ha="center", style="italic")
                axes.set_yticks([])
                continue
            axes.axvline(mean, color="#1A1A1A", linewidth=1, linestyle=(0, (3, 2)))
            axes.text(mean, 1.0, f"mean {mean:.3f} ", transform=axes.get_xaxis_transform(),
                      ha="right" if mean > 0.3 else "left", va="top", fontsize=7)  # fmt: skip
        panels[0].set_ylabel("Cells")
        return figure


def bins_frame(diagram: ReliabilityDiagram) -> pd.DataFrame:
    """One row a bin of a reliability diagram."""
    return pd.DataFrame(
        {
            "low_edge": diagram.edges[:-1],
            "high_edge": diagram.edges[1:],
            "count": diagram.count,
            "stated": diagram.stated,
            "observed": diagram.observed,
            "observed_low": diagram.low,
            "observed_high": diagram.high,
        }
    )


def draw_reliability(axes: Axes, diagram: ReliabilityDiagram, colour: str) -> None:
    """Observed against stated, with intervals, on the unit square."""
    held = diagram.count > 0
    diagonal(axes)
    axes.vlines(
        diagram.stated[held], diagram.low[held], diagram.high[held], color=colour, linewidth=1.6,
        alpha=0.45,
    )  # fmt: skip
    stated, observed = diagram.stated[held], diagram.observed[held]
    axes.plot(stated, observed, color=colour, linewidth=0.8, alpha=0.5)
    axes.plot(
        stated, observed, color=colour, marker="o", markersize=3.2, linestyle="", clip_on=False
    )
    unit_square(axes, "", "")


def draw_counts(axes: Axes, diagram: ReliabilityDiagram) -> None:
    """Cells in each bin, on a logarithmic axis."""
    _bars(axes, diagram.edges, diagram.count, GREY)
    axes.set_yscale("log")
    axes.set_ylim(0.7, max(20.0, 3.0 * float(diagram.count.max(initial=1))))
    plain_log_axis(axes.yaxis)


def _bars(axes: Axes, edges: np.ndarray, counts: np.ndarray, colour: str) -> None:
    axes.bar(
        edges[:-1], counts, width=np.diff(edges), align="edge", color=colour, edgecolor="white",
        linewidth=0.3,
    )  # fmt: skip
    axes.grid(axis="x", visible=False)
