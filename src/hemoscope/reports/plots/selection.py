"""How far scores lie apart, and what leaving the doubtful cells to a person gains."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.patches import Patch
from matplotlib.ticker import PercentFormatter

from hemoscope.evaluation.result import ScoreHistogram, Selective, Separation
from hemoscope.reports.plots.panels import panel_grid, plain_log_axis
from hemoscope.reports.style import BLACK, BLUE, GREY, INK, class_style, new_figure

FLOOR = 1e-4  # shares below this are not drawn


@dataclass(frozen=True, eq=False)
class SeparationFigure:
    """Distribution of each class's probability among its own cells and among the others.

    Attributes:
        separation: The result.
    """

    separation: Separation
    name: ClassVar[str] = "separation"
    title: ClassVar[str] = "Separation of scores"
    description: ClassVar[str] = (
        "For each class, the distribution of its probability among cells of the class and among "
        "all other cells."
    )

    def frame(self) -> pd.DataFrame:
        """One row a class and bin: low, high, positive, negative (counts)."""
        return pd.concat(
            [
                pd.DataFrame(
                    {
                        "class": name,
                        "low": figures.histogram.edges[:-1],
                        "high": figures.histogram.edges[1:],
                        "positive": figures.histogram.positive,
                        "negative": figures.histogram.negative,
                    }
                )
                for name, figures in self.separation.per_class.items()
            ],
            ignore_index=True,
        )

    def plot(self) -> Figure:
        """One panel a class; shares on a logarithmic axis, since most cells lie at the ends."""
        figure, panels = panel_grid(len(self.separation.per_class), panel_height=1.5)
        for position, (axes, (name, figures)) in enumerate(
            zip(panels, self.separation.per_class.items(), strict=True)
        ):
            _draw_histogram(axes, figures.histogram, class_style(position).colour)
            divergence = figures.jensen_shannon
            told = "not defined" if divergence is None else f"{divergence:.3f}"
            axes.set(title=f"{name}\nJSD {told}", xticks=[0, 0.5, 1])
        figure.supxlabel("Probability of the class", fontsize=8)
        figure.supylabel("Share of cells (log)", fontsize=8)
        figure.legend(
            handles=[
                Patch(color=GREY, alpha=0.7, label="cells of the class"),
                Patch(edgecolor=BLACK, facecolor="none", label="all other cells"),
            ],
            loc="outside upper left", ncols=2,
        )  # fmt: skip
        return figure


def _draw_histogram(axes: Axes, histogram: ScoreHistogram, colour: str) -> None:
    for counts, look in (
        (histogram.positive, {"color": colour, "alpha": 0.7, "fill": True}),
        (histogram.negative, {"color": BLACK, "linewidth": 0.8}),
    ):
        if counts.sum() > 0:
            shares = np.maximum(counts / counts.sum(), FLOOR / 10)
            axes.stairs(shares, histogram.edges, baseline=FLOOR / 10, **look)
    axes.set(yscale="log", ylim=(FLOOR, 1.5), xlim=(0, 1))
    plain_log_axis(axes.yaxis)
    axes.grid(axis="x", visible=False)


@dataclass(frozen=True, eq=False)
class RiskCoverageFigure:
    """The error among the surest cells, against how many of them are reported.

    Attributes:
        selective: The result.
    """

    selective: Selective
    name: ClassVar[str] = "risk-coverage"
    title: ClassVar[str] = "Risk against coverage"
    description: ClassVar[str] = (
        "Share of wrong calls among the cells reported, against the share of cells reported, the "
        "surest first."
    )

    def frame(self) -> pd.DataFrame:
        """One row a point: coverage, risk, threshold."""
        curve = self.selective.curve
        return pd.DataFrame(
            {"coverage": curve.coverage, "risk": curve.risk, "threshold": curve.thresholds}
        )

    def plot(self) -> Figure:
        """One panel; the marks are the coverages at given errors."""
        figure = new_figure(4.6, 2.7)
        axes = figure.subplots()
        curve = self.selective.curve
        axes.plot(curve.coverage, curve.risk, color=BLUE)
        axes.fill_between(curve.coverage, curve.risk, color=BLUE, alpha=0.12, linewidth=0)
        top = max(1e-3, 1.15 * float(curve.risk.max(initial=0.0)))
        for coverage, error in self._marks().items():
            risk = float(np.interp(coverage, curve.coverage, curve.risk))
            axes.plot([coverage], [risk], marker="o", color=INK, clip_on=False)
            axes.annotate(
                f"{coverage:.1%} at {float(error):.1%} error", (coverage, risk), xytext=(-5, 3),
                textcoords="offset points", ha="right", va="bottom", fontsize=7,
            )  # fmt: skip
        axes.set(
            xlim=(0, 1.005), ylim=(0, top), xlabel="Coverage: share of cells reported",
            ylabel="Error among them", title=f"Area under the curve {self.selective.aurc:.5f}",
        )  # fmt: skip
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        return figure

    def _marks(self) -> dict[float, str]:
        """Coverage to the strictest error that allows it."""
        strictest_last = sorted(
            self.selective.coverage_at_error.items(), key=lambda item: -float(item[0])
        )
        return {coverage: error for error, coverage in strictest_last if coverage > 0}
