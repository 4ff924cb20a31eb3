"""The differential: how many cells of each class were counted."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter

from hemoscope.evaluation.intervals.wilson import clustered_wilson_limits, wilson_limits
from hemoscope.predictions import Predictions
from hemoscope.reports.style import INK, PAGE_WIDTH, class_style, new_figure


@dataclass(frozen=True, eq=False)
class DifferentialFigure:
    """The share of each class among the calls, with its interval.

    The interval tells how far the share may be off because only so many cells were counted
    (Wilson; where the table has groups, with cells of one group dependent). It knows nothing of
    cells that were called wrong.

    Attributes:
        predictions: The cells; labels are not used.
    """

    predictions: Predictions
    name: ClassVar[str] = "differential"
    title: ClassVar[str] = "Differential"
    description: ClassVar[str] = (
        "Share of each class among the cells that were called, with 95 % intervals for the "
        "number of cells counted."
    )

    def frame(self) -> pd.DataFrame:
        """One row a class: cells, share, low, high (nan where no cell was counted)."""
        classes, total = self.predictions.classes, len(self.predictions)
        counts = np.bincount(self.predictions.predicted, minlength=len(classes))
        low, high = self._limits(counts)
        shares = counts / total if total else np.full(len(classes), np.nan)
        return pd.DataFrame(
            {"class": classes, "cells": counts, "share": shares, "low": low, "high": high}
        )

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

    def _limits(self, counts: np.ndarray) -> tuple[np.ndarray, np.ndarray]:
        predictions = self.predictions
        if predictions.groups is None or len(predictions) == 0:
            return wilson_limits(counts, np.full(len(counts), len(predictions)))
        groups = np.unique(predictions.groups.astype(str), return_inverse=True)[1]
        every = np.ones(len(predictions))
        limits = [
            clustered_wilson_limits(predictions.predicted == position, every, groups)
            for position in range(len(counts))
        ]
        low, high = zip(*limits, strict=True)
        return np.array(low), np.array(high)
