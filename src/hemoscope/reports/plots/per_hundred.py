"""The differential per 100 white cells, with limits for counting and for wrong calls."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hemoscope.calibration.differential import Differential
from hemoscope.reports.style import INK, PAGE_WIDTH, class_style, new_figure


@dataclass(frozen=True, eq=False)
class PerHundredFigure:
    """White cells above; below them what a laboratory counts apart.

    Attributes:
        differential: Made by `Trust.differential`.
    """

    differential: Differential
    name: ClassVar[str] = "per_hundred"
    title: ClassVar[str] = "Differential per 100 white cells"
    description: ClassVar[str] = (
        "Cells of each class per 100 white cells, as called by their looks alone, whatever mix is "
        "expected (bars), and limits for the patient, which allow for the number of cells and for "
        "wrong calls (lines, with the estimate as a dot). "
        "Classes that are counted apart stand below."
    )

    def frame(self) -> pd.DataFrame:
        """One row a class, as `Differential.frame`; white cells first."""
        frame = self.differential.frame()
        return frame.sort_values("white", ascending=False, kind="stable", ignore_index=True)

    def plot(self) -> Figure:
        """One bar a class."""
        place = {row.name: c for c, row in enumerate(self.differential)}
        frame = self.frame()
        parts = [frame[frame["white"]], frame[~frame["white"]]]
        parts = [part for part in parts if len(part)]
        figure = new_figure(PAGE_WIDTH * 0.8, 1.0 + 0.26 * len(frame) + 0.25 * len(parts))
        ratios = [len(part) + 0.2 for part in parts]
        grid = figure.subplots(len(parts), 1, height_ratios=ratios, squeeze=False)
        for axes, part in zip(grid[:, 0], parts, strict=True):
            self._draw(axes, part, place)
        grid[-1, 0].set_xlabel("Per 100 white cells (number of cells)")
        return figure

    def _draw(self, axes: Axes, part: pd.DataFrame, place: dict[str, int]) -> None:
        rows = np.arange(len(part))
        colours = [class_style(place[name]).colour for name in part["class"]]
        axes.barh(rows, part["per_100"].fillna(0), color=colours, height=0.62)
        axes.hlines(rows, part["low"], part["high"], color="white", linewidth=3)
        axes.hlines(rows, part["low"], part["high"], color=INK, linewidth=1)
        axes.plot(part["estimate"], rows, "o", color=INK, markersize=3, markeredgecolor="white")
        right = float(np.nanmax([part["high"].max(), part["per_100"].max(), 1.0]))
        for row, told in enumerate(part.itertuples()):
            axes.text(
                _end(told, right), row, _words(told), va="center", fontsize=7.5
            )  # fmt: skip
        axes.set_yticks(rows, list(part["class"]))
        axes.set(ylim=(len(part) - 0.4, -0.6), xlim=(0, 1.42 * right))
        axes.set_title("White cells" if part["white"].all() else "Counted apart")
        axes.grid(axis="y", visible=False)
        axes.tick_params(axis="y", length=0)


def _end(told, right: float) -> float:
    return float(np.nanmax([told.high, told.per_100, 0])) + 0.015 * right


def _words(told) -> str:
    if np.isnan(told.per_100):
        return f"({told.called + told.exact})"
    return f"{told.per_100:.1f}  [{told.low:.1f} to {told.high:.1f}]  ({told.called + told.exact})"
