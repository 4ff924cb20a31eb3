"""How many cells of each class were counted."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from hemoscope.opinions import ClassCounts
from hemoscope.reports.style import INK, PAGE_WIDTH, class_style, new_figure


@dataclass(frozen=True, eq=False)
class ClassCountsFigure:
    """The share of each class among the calls, with its interval.

    The interval tells how far the share may be off because only so many cells were counted
    (Wilson; where the table has groups, with cells of one group dependent). It knows nothing of
    cells that were called wrong.

    Attributes:
        counted: The counts.
    """

    counted: ClassCounts
    name: ClassVar[str] = "differential"
    title: ClassVar[str] = "Differential"
    description: ClassVar[str] = (
        "Share of each class among the cells that were called, with 95 % intervals for the "
        "number of cells counted."
    )

    def frame(self) -> pd.DataFrame:
        """One row a class: cells, share, low, high (nan where no cell was counted)."""
        counted = pd.DataFrame(self.counted.records())
        low, high = self.counted.limits()
        nothing = self.counted.cells == 0
        shares = np.nan if nothing else counted["share"]
        return counted.assign(share=shares, low=low, high=high)

    def plot(self) -> Figure:
        """One bar a class."""
        frame = self.frame()
        figure = new_figure(PAGE_WIDTH * 0.8, 0.7 + 0.25 * len(frame))
        axes = figure.subplots()
        rows = np.arange(len(frame))
        colours = [class_style(row).colour for row in range(len(frame))]
        axes.barh(rows, frame["share"].fillna(0), color=colours, height=0.66)
        axes.hlines(rows, frame["low"], frame["high"], color="white", linewidth=3)
        axes.hlines(rows, frame["low"], frame["high"], color=INK, linewidth=1)
        right = float(np.nanmax([frame["high"].max(), 0.01]))
        for row, (cells, share, high) in enumerate(
            zip(frame["cells"], frame["share"], frame["high"], strict=True)
        ):
            told = "0" if cells == 0 else f"{share:.1%}  ({cells})"
            axes.text(np.nan_to_num(high) + 0.012 * right, row, told, va="center", fontsize=7.5)
        axes.set_yticks(rows, list(frame["class"]))
        axes.set(ylim=(len(frame) - 0.4, -0.6), xlim=(0, 1.22 * right))
        axes.set_xlabel("Share of all cells called (number of cells)")
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=None))
        axes.grid(axis="y", visible=False)
        axes.tick_params(axis="y", length=0)
        return figure
