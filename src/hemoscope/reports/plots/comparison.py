"""Several models on the same cells."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hemoscope.evaluation.result import Comparison, Interval
from hemoscope.reports.names import figure_name
from hemoscope.reports.style import GREY, PAGE_WIDTH, VERMILION, class_style, new_figure

COLUMNS = 2  # panels side by side


@dataclass(frozen=True, eq=False)
class ForestFigure:
    """Differences between models in the headline figures, with paired intervals.

    Attributes:
        comparison: The result.
        paths: Which figures, as paths of the evaluation's JSON.
    """

    comparison: Comparison
    paths: tuple[str, ...]
    name: ClassVar[str] = "differences"
    title: ClassVar[str] = "Differences between models"
    description: ClassVar[str] = (
        "For each headline figure and pair of models, the difference and its interval, "
        "against a line at zero; in colour where the interval leaves out zero."
    )

    def frame(self) -> pd.DataFrame:
        """One row a figure and pair: both values, difference, low, high."""
        frame = differences_frame(self.comparison)
        return frame[frame["figure"].isin(self.paths)].reset_index(drop=True)

    def plot(self) -> Figure:
        """One panel a figure, one row a pair."""
        frame = self.frame().dropna(subset=["difference"])
        names = {(p.first, p.second): f"{p.first} − {p.second}" for p in self.comparison.pairs}
        pairs = list(names.values())
        figure, panels = _panels(len(self.paths), len(pairs))
        for axes, path in zip(panels, self.paths, strict=True):
            chosen = frame[frame["figure"] == path]
            keys = zip(chosen["first"], chosen["second"], strict=True)
            rows = [pairs.index(names[key]) for key in keys]
            apart = (chosen["low"] > 0) | (chosen["high"] < 0)
            colours = [VERMILION if known else GREY for known in apart]
            _whiskers(axes, rows, chosen, "difference", colours)
            axes.axvline(0, color="#1A1A1A", linewidth=0.8)
            axes.set_title(figure_name(path))
        _name_rows(panels, pairs)
        return figure


@dataclass(frozen=True, eq=False)
class ModelsFigure:
    """The headline figures of every model, with their intervals.

    Attributes:
        comparison: The result.
        paths: Which figures, as paths of the evaluation's JSON.
    """

    comparison: Comparison
    paths: tuple[str, ...]
    name: ClassVar[str] = "models"
    title: ClassVar[str] = "Headline figures of every model"
    description: ClassVar[str] = "Headline figures of each model as dots with intervals."

    def frame(self) -> pd.DataFrame:
        """One row a figure and model: value, low, high."""
        rows = []
        for path in self.paths:
            for model in self.comparison.models:
                estimate = self.comparison.evaluations[model].estimate(path)
                low, high = _limits(estimate.interval)
                rows.append(
                    {
                        "figure": path,
                        "model": model,
                        "value": estimate.value,
                        "low": low,
                        "high": high,
                    }
                )
        return pd.DataFrame(rows).astype({"value": float})

    def plot(self) -> Figure:
        """One panel a figure, one row a model."""
        frame = self.frame()
        models = list(self.comparison.models)
        figure, panels = _panels(len(self.paths), len(models))
        colours = [class_style(position).colour for position in range(len(models))]
        for axes, path in zip(panels, self.paths, strict=True):
            _whiskers(axes, range(len(models)), frame[frame["figure"] == path], "value", colours)
            axes.set_title(figure_name(path))
        _name_rows(panels, models)
        return figure


def differences_frame(comparison: Comparison) -> pd.DataFrame:
    """Every figure that was compared: one row a pair and figure."""
    rows = []
    for pair in comparison.pairs:
        for path, difference in pair.differences.items():
            low, high = _limits(difference.interval)
            rows.append(
                {
                    "figure": path,
                    "first": pair.first,
                    "second": pair.second,
                    "first_value": difference.first,
                    "second_value": difference.second,
                    "difference": difference.difference,
                    "low": low,
                    "high": high,
                }
            )
    return pd.DataFrame(rows)


def _limits(interval: Interval | None) -> tuple[float, float]:
    return (np.nan, np.nan) if interval is None else (interval.low, interval.high)


def _panels(count: int, rows: int) -> tuple[Figure, list[Axes]]:
    lines = max(1, -(-count // COLUMNS))
    figure = new_figure(PAGE_WIDTH, lines * (0.62 + 0.2 * rows))
    grid = figure.subplots(lines, COLUMNS, squeeze=False, sharey=True)
    panels = [axes for line in grid for axes in line]
    for empty in panels[count:]:
        empty.set_visible(False)
    return figure, panels[:count]


def _whiskers(
    axes: Axes, rows: Sequence[int], frame: pd.DataFrame, column: str, colours: Sequence[str]
) -> None:
    for row, colour, (_, numbers) in zip(rows, colours, frame.iterrows(), strict=True):
        axes.plot([numbers["low"], numbers["high"]], [row, row], color=colour, linewidth=2.2,
                  alpha=0.5, solid_capstyle="butt")  # fmt: skip
        axes.plot([numbers[column]], [row], marker="o", color=colour)
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
    axes.margins(x=0.12)


def _name_rows(panels: list[Axes], names: list[str]) -> None:
    for axes in panels:
        axes.set_yticks(range(len(names)), names)
        axes.set_ylim(len(names) - 0.4, -0.6)
