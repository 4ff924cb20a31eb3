"""Deletion and insertion curves of several ways of explaining."""

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from hemoscope.reports.style import GREY, PAGE_WIDTH, class_style, new_figure

PANELS = {
    "deletion": "Deletion: pixels are blurred",
    "insertion": "Insertion: pixels come back",
}


@dataclass(frozen=True, eq=False)
class FaithfulnessFigure:
    """How sure the model is while pixels go or come in the order of a map.

    Attributes:
        curves: One row a method and point: `method`, `share` of the pixels changed, and the mean
            `deletion` and `insertion` over cells, in [0, 1].
        references: Methods that look at no model, drawn in grey.
    """

    curves: pd.DataFrame
    references: tuple[str, ...] = ("centre", "random")
    name: ClassVar[str] = "faithfulness"
    title: ClassVar[str] = "Deletion and insertion"
    description: ClassVar[str] = (
        "Mean probability of the target while the highest pixels of each map are blurred (left; "
        "low is good) or restored (right; high is good). Grey: maps that look at no model."
    )

    def frame(self) -> pd.DataFrame:
        """The points that are drawn."""
        return self.curves

    def plot(self) -> Figure:
        """Two panels, one line a method."""
        figure = new_figure(PAGE_WIDTH, 2.7)
        panels = figure.subplots(1, 2, sharey=True)
        for axes, (measure, title) in zip(panels, PANELS.items(), strict=True):
            for name, points in self.curves.groupby("method", sort=False):
                axes.plot(points["share"], points[measure], label=name, **self._line(str(name)))
            axes.set(title=title, xlim=(0, 1), ylim=(-0.02, 1.02))
            axes.set_xlabel("Share of the pixels changed")
            axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        panels[0].set_ylabel("Probability of the target")
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside right upper")
        return figure

    def _line(self, name: str) -> dict[str, object]:
        if name in self.references:
            dashes = "-" if name == self.references[0] else (0, (2, 1.5))
            return {"color": GREY, "linestyle": dashes, "linewidth": 1.2}
        own = [m for m in self.curves["method"].unique() if m not in self.references]
        style = class_style(own.index(name))
        return {"color": style.colour, "marker": style.marker, "markersize": 3, "linewidth": 1.3}
