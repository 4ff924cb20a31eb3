"""How well each score tells unknown cells from known ones."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from hemoscope.calibration.unknown import UnknownComparison
from hemoscope.reports.style import GREY, MARKERS, PAGE_WIDTH, PALE, PALETTE, new_figure

STEP = 0.13  # of a row


@dataclass(frozen=True, eq=False)
class UnknownFigure:
    """One line a trial: AUROC on the left, share flagged on the right, a mark for each score.

    Attributes:
        comparison: What `compare_methods` gave.
    """

    comparison: UnknownComparison
    name: ClassVar[str] = "unknown"
    title: ClassVar[str] = "Unknown cells against known ones"
    description: ClassVar[str] = (
        "For each trial, how well each score orders unknown cells above known ones (AUROC; 0.5 is "
        "chance), and the share of unknown cells above its threshold."
    )

    def frame(self) -> pd.DataFrame:
        """One row a method and trial."""
        return self.comparison.frame()

    def plot(self) -> Figure:
        """Marks on two panels that share their rows."""
        frame = self.frame()
        trials = list(dict.fromkeys(frame["trial"]))
        figure = new_figure(PAGE_WIDTH, 1.1 + 0.27 * len(trials))
        left, right = figure.subplots(1, 2, sharey=True)
        self._draw(left, frame, "auroc", trials)
        self._draw(right, frame, "flagged", trials)
        lowest = min(0.5, float(frame["auroc"].min()))
        left.axvline(0.5, color=GREY, linewidth=1, linestyle=":")
        left.set(xlabel="AUROC", xlim=(lowest - 0.03, 1.02))
        right.set(xlabel="Unknown cells flagged", xlim=(-0.03, 1.03))
        right.axvline(self.comparison.flag_rate, color=GREY, linewidth=1, linestyle=":")
        right.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        left.set_yticks(np.arange(len(trials)), trials)
        left.set_ylim(len(trials) - 0.5, -0.5)
        handles, names = left.get_legend_handles_labels()
        figure.legend(handles, names, loc="outside upper center", ncols=len(names))
        return figure

    def _draw(self, axes: Axes, frame: pd.DataFrame, column: str, trials: list[str]) -> None:
        place = {name: row for row, name in enumerate(trials)}
        spread = frame.groupby("trial")[column].agg(["min", "max"])
        rows = [place[str(name)] for name in spread.index]
        axes.hlines(rows, spread["min"], spread["max"], color=PALE, linewidth=2)
        methods = list(frame.groupby("method", sort=False))
        for position, (method, part) in enumerate(methods):
            aside = STEP * (position - (len(methods) - 1) / 2)  # equal values stay apart
            axes.plot(
                part[column],
                [place[name] + aside for name in part["trial"]],
                MARKERS[position % len(MARKERS)],
                color=PALETTE[position % len(PALETTE)],
                label=str(method),
                markersize=5,
                alpha=0.85,
            )
        axes.tick_params(axis="y", length=0)
