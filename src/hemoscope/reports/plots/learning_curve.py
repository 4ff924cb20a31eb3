"""How many labels a model needs, by what it starts from."""

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import FixedLocator, NullLocator, PercentFormatter

from hemoscope.reports.errors import ReportError
from hemoscope.reports.style import COLUMN_WIDTH, class_style, new_figure

COLUMNS = ("start", "labels_a_class", "seed", "accuracy")


@dataclass(frozen=True, eq=False)
class LearningCurveFigure:
    """Accuracy on test cells over labels a class, a line for each start.

    Attributes:
        results: One row a training: `start` (in words), `labels_a_class` (at least 1), `seed`,
            `accuracy` in [0, 1].
    """

    results: pd.DataFrame
    name: ClassVar[str] = "learning-curves"
    title: ClassVar[str] = "Learning curves"
    description: ClassVar[str] = (
        "Accuracy on test cells over the number of labelled training cells of a class, one line "
        "for each start; the bars span the seeds."
    )

    def __post_init__(self) -> None:
        missing = [column for column in COLUMNS if column not in self.results]
        if missing or self.results.empty:
            raise ReportError(
                f"learning curves need rows with {', '.join(COLUMNS)}; there are "
                f"{'none' if self.results.empty else 'no ' + ', '.join(missing)}."
            )

    def frame(self) -> pd.DataFrame:
        """One row a mark: start, labels_a_class, seeds, mean, low and high (least and largest).

        Starts are in the order in which they first stand in the results.
        """
        grouped = self.results.groupby(["start", "labels_a_class"], sort=False)["accuracy"]
        marks = grouped.agg(seeds="count", mean="mean", low="min", high="max")
        order = {start: place for place, start in enumerate(self.results["start"].unique())}
        marks = marks.reset_index()
        marks = marks.assign(place=marks["start"].map(order))
        marks = marks.sort_values(["place", "labels_a_class"], ignore_index=True)
        return marks.drop(columns="place")

    def plot(self) -> Figure:
        """One panel; labels on a logarithmic axis, ticks at the numbers that were tried."""
        figure = new_figure(COLUMN_WIDTH * 1.4, 3.0)
        axes = figure.subplots()
        marks = self.frame()
        for position, (start, line) in enumerate(marks.groupby("start", sort=False)):
            self._line(axes, str(start), line, position)
        counts = sorted(set(marks["labels_a_class"]))
        axes.set(xscale="log", xlabel="Labelled training cells of each class", ylabel="Accuracy")
        axes.xaxis.set_major_locator(FixedLocator([float(count) for count in counts]))
        axes.xaxis.set_minor_locator(NullLocator())
        axes.set_xticklabels([f"{count:g}" for count in counts])
        axes.yaxis.set_major_formatter(PercentFormatter(1.0))
        figure.legend(title="Started from", loc="outside lower center", ncols=3)
        return figure

    @staticmethod
    def _line(axes: Axes, start: str, line: pd.DataFrame, position: int) -> None:
        style = class_style(position)
        spread = [line["mean"] - line["low"], line["high"] - line["mean"]]
        # A little apart, so that bars of different starts at one count do not hide each other.
        across = line["labels_a_class"] * 1.03**position
        axes.errorbar(
            across, line["mean"], yerr=spread, label=start, color=style.colour,
            marker=style.marker, linestyle=style.line, capsize=2, elinewidth=0.8,
        )  # fmt: skip
