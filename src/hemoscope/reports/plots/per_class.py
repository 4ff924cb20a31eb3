"""Precision, recall and F1 of every class, with their intervals."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure

from hemoscope.evaluation.result import Evaluation
from hemoscope.reports.style import PAGE_WIDTH, class_style, new_figure

METRICS = {"precision": "Precision", "recall": "Recall (sensitivity)", "f1": "F1"}


@dataclass(frozen=True, eq=False)
class PerClassFigure:
    """One row a class, one panel a metric; bars are intervals.

    Attributes:
        evaluation: The result.
    """

    evaluation: Evaluation
    name: ClassVar[str] = "per-class"
    title: ClassVar[str] = "Precision, recall and F1 by class"
    description: ClassVar[str] = (
        "Precision, recall and F1 of each class as dots with intervals as bars."
    )

    def frame(self) -> pd.DataFrame:
        """One row a class and metric: value, low, high, support."""
        rows = []
        for name, report in self.evaluation.per_class.items():
            for metric in METRICS:
                estimate = self.evaluation.estimate(f"per_class.{name}.{metric}")
                interval = estimate.interval
                rows.append(
                    {
                        "class": name,
                        "metric": metric,
                        "value": np.nan if estimate.value is None else estimate.value,
                        "low": np.nan if interval is None else interval.low,
                        "high": np.nan if interval is None else interval.high,
                        "support": report.support,
                    }
                )
        return pd.DataFrame(rows)

    def plot(self) -> Figure:
        """Three panels that share their rows."""
        frame = self.frame()
        classes = list(self.evaluation.classes)
        figure = new_figure(PAGE_WIDTH, 0.9 + 0.24 * len(classes))
        panels = figure.subplots(1, len(METRICS), sharey=True, sharex=True)
        for axes, (metric, label) in zip(panels, METRICS.items(), strict=True):
            _draw(axes, frame[frame["metric"] == metric])
            axes.set_title(label)
        supports = [self.evaluation.per_class[name].support for name in classes]
        panels[0].set_yticks(
            range(len(classes)), [f"{n} ({s})" for n, s in zip(classes, supports, strict=True)]
        )
        panels[0].set_ylim(len(classes) - 0.4, -0.6)
        lowest = float(np.nanmin([frame["value"].min(), frame["low"].min(), 1.0]))
        left = max(0.0, np.floor(20 * lowest - 0.2) / 20)
        panels[0].set_xlim(left - 0.01 * (1 - left), 1 + 0.02 * (1 - left))
        return figure


def _draw(axes: Axes, frame: pd.DataFrame) -> None:
    for row, (_, numbers) in enumerate(frame.iterrows()):
        style = class_style(row)
        axes.plot(
            [numbers["low"], numbers["high"]], [row, row], color=style.colour, linewidth=2.4,
            alpha=0.45, solid_capstyle="butt",
        )  # fmt: skip
        axes.plot([numbers["value"]], [row], marker="o", color=style.colour, clip_on=False)
        if np.isnan(numbers["value"]):
            axes.text(0.5, row, "not defined", transform=axes.get_yaxis_transform(), ha="center",
                      va="center", fontsize=6.5, style="italic")  # fmt: skip
    axes.grid(axis="y", visible=False)
    axes.tick_params(axis="y", length=0)
