"""What pruning costs: accuracy against size and speed, and the scores that guide it."""

from dataclasses import dataclass
from typing import Any, ClassVar

import pandas as pd
from matplotlib.axes import Axes
from matplotlib.figure import Figure
from matplotlib.ticker import (
    FuncFormatter,
    LogLocator,
    MaxNLocator,
    NullLocator,
    PercentFormatter,
)

from hemoscope.reports.errors import ReportError
from hemoscope.reports.style import (
    BLACK,
    BLUE,
    GREY,
    PAGE_WIDTH,
    PALE,
    VERMILION,
    class_style,
    new_figure,
)

MEASURES = {"parameters": "Parameters", "latency_ms": "Milliseconds for one cell"}
HEAD_SCORES = {
    "entropy": "Attention entropy",
    "rollout": "Rollout share",
    "gradient": "By gradient",
}


_TICKS = (1.0, 1.5, 2.0, 3.0, 5.0, 7.0)
_FAR = 0.1
"""A budget further below every model is left out: it would press them into one line."""


@dataclass(frozen=True, eq=False)
class PruningFigure:
    """Validation accuracy of every model that a pruning made.

    Attributes:
        curve: `pruning.csv`: one row the original and one a step, with `step`, `accepted`,
            `parameters`, `latency_ms` and `val_accuracy` in [0, 1].
        max_loss: The budget, in points.
    """

    curve: pd.DataFrame
    max_loss: float
    name: ClassVar[str] = "pruning"
    title: ClassVar[str] = "Accuracy against size and speed"
    description: ClassVar[str] = (
        "Validation accuracy of each step of a pruning, against parameters on the left and the "
        "measured time for one cell on the right. Hollow marks were over the budget and undone."
    )

    def __post_init__(self) -> None:
        _check(self.curve, ("step", "accepted", "val_accuracy", *MEASURES))

    def frame(self) -> pd.DataFrame:
        """One row a mark."""
        return self.curve

    def plot(self) -> Figure:
        """Two panels that share the accuracy."""
        figure = new_figure(PAGE_WIDTH, 2.9)
        for axes, measure in zip(figure.subplots(1, 2, sharey=True), MEASURES, strict=True):
            self._panel(axes, measure)
        handles = figure.axes[0].get_legend_handles_labels()
        figure.axes[0].set_ylabel("Validation accuracy")
        figure.legend(*handles, loc="outside lower center", ncols=4)
        return figure

    def _panel(self, axes: Axes, measure: str) -> None:
        kept = self.curve[self.curve["accepted"]]
        over = self.curve[~self.curve["accepted"]]
        first, later = kept[kept["step"] == 0], kept[kept["step"] > 0]
        if measure == "parameters":  # measured times waver: a line would tie knots
            axes.plot(kept[measure], kept["val_accuracy"], color=BLUE, linewidth=0.9, zorder=1)
        marks: tuple[tuple[pd.DataFrame, str, dict[str, Any]], ...] = (
            (first, "Original", {"marker": "s", "color": BLACK}),
            (later, "Within the budget", {"marker": "o", "color": BLUE}),
            (over, "Over it, undone", {"marker": "o", "color": VERMILION, "mfc": "white"}),
        )
        for rows, label, look in marks:
            if len(rows):
                axes.plot(rows[measure], rows["val_accuracy"], linestyle="", label=label, **look)
        budget = float(first["val_accuracy"].iloc[0]) - self.max_loss / 100
        if budget > self.curve["val_accuracy"].min() - _FAR:
            axes.axhline(budget, color=GREY, linewidth=0.9, linestyle=(0, (4, 2)), label="Budget")
        _number_steps(axes, self.curve, measure)
        _measure_axis(axes, measure)


@dataclass(frozen=True, eq=False)
class GuidesFigure:
    """Several guides at equal size.

    Attributes:
        steps: One row a guide, seed and step: `guide`, `seed`, `step`, `parameters`,
            `latency_ms`, `val_accuracy`.
    """

    steps: pd.DataFrame
    name: ClassVar[str] = "pruning-guides"
    title: ClassVar[str] = "Does attention guide better?"
    description: ClassVar[str] = (
        "Validation accuracy by parameters and by measured time for one cell, a line for each "
        "guide. Lines are means over seeds; the shade reaches from the worst to the best seed."
    )

    def __post_init__(self) -> None:
        _check(self.steps, ("guide", "seed", "step", "val_accuracy", *MEASURES))

    def frame(self) -> pd.DataFrame:
        """One row a guide and step: means, and the lowest and highest accuracy over seeds."""
        grouped = self.steps.groupby(["guide", "step"], sort=False)
        return grouped.agg(
            seeds=("seed", "nunique"),
            parameters=("parameters", "mean"),
            latency_ms=("latency_ms", "mean"),
            val_accuracy=("val_accuracy", "mean"),
            lowest=("val_accuracy", "min"),
            highest=("val_accuracy", "max"),
        ).reset_index()

    def plot(self) -> Figure:
        """Two panels, a line a guide."""
        figure = new_figure(PAGE_WIDTH, 2.9)
        frame = self.frame()
        for axes, measure in zip(figure.subplots(1, 2, sharey=True), MEASURES, strict=True):
            for place, (guide, rows) in enumerate(frame.groupby("guide", sort=False)):
                _guide(axes, rows, measure, str(guide), place)
            _measure_axis(axes, measure)
        figure.axes[0].set_ylabel("Validation accuracy")
        handles = figure.axes[0].get_legend_handles_labels()
        figure.legend(*handles, loc="outside lower center", ncols=4)
        return figure


@dataclass(frozen=True, eq=False)
class ScoresFigure:
    """The scores of every block and head of one model.

    Attributes:
        scores: `Scores.frame()`: `block`, `head` (empty for a block's own row), `entropy`,
            `rollout`, `influence`, `gradient`.
    """

    scores: pd.DataFrame
    name: ClassVar[str] = "pruning-scores"
    title: ClassVar[str] = "What each block and head is worth"
    description: ClassVar[str] = (
        "Four panels: attention entropy, share in attention rollout and importance by gradient "
        "of each head, and the influence of each block."
    )

    def __post_init__(self) -> None:
        _check(self.scores, ("block", "head", "influence", *HEAD_SCORES))

    def frame(self) -> pd.DataFrame:
        """The scores themselves."""
        return self.scores

    def plot(self) -> Figure:
        """Heads by number, a mark a block; blocks as bars."""
        figure = new_figure(PAGE_WIDTH, 2.5)
        panels = figure.subplots(1, 4)
        heads = self.scores[self.scores["head"].notna()]
        for axes, (score, title) in zip(panels, HEAD_SCORES.items(), strict=False):
            for block, rows in heads.groupby("block"):
                at = int(str(block))
                style, beside = class_style(at), 0.14 * (at % 4 - 1.5)
                axes.plot(
                    rows["head"].astype(int) + beside, rows[score], linestyle="",
                    color=style.colour, marker=style.marker, markersize=3, label=f"Block {block}",
                )  # fmt: skip
            axes.set(title=title, xlabel="Head")
            axes.margins(y=0.15)
            axes.ticklabel_format(axis="y", useOffset=False)
            axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))
        self._influence(panels[3])
        figure.legend(*panels[0].get_legend_handles_labels(), loc="outside lower center", ncols=8)
        return figure

    def _influence(self, axes: Axes) -> None:
        blocks = self.scores[self.scores["head"].isna()]
        colours = [class_style(int(block)).colour for block in blocks["block"]]
        axes.bar(blocks["block"], blocks["influence"], color=colours, width=0.5)
        axes.set(title="Block influence", xlabel="Block", ylim=(0, _above(blocks["influence"])))
        axes.set_xlim(-0.7, len(blocks) - 0.3)
        axes.xaxis.set_major_locator(MaxNLocator(integer=True, min_n_ticks=1))


def _guide(axes: Axes, rows: pd.DataFrame, measure: str, name: str, place: int) -> None:
    style = class_style(place)
    look: dict[str, Any] = {"color": style.colour, "marker": style.marker, "markersize": 3.5}
    joined = measure == "parameters"
    look |= {"linestyle": "-" if joined else "", "linewidth": 1.1}
    axes.plot(rows[measure], rows["val_accuracy"], label=name, **look)
    if joined and (rows["seeds"] > 1).any():
        axes.fill_between(
            rows[measure], rows["lowest"], rows["highest"], color=style.colour, alpha=0.15,
            linewidth=0,
        )  # fmt: skip


def _number_steps(axes: Axes, curve: pd.DataFrame, measure: str) -> None:
    for step, x, y in zip(curve["step"], curve[measure], curve["val_accuracy"], strict=True):
        if step:
            axes.annotate(
                str(step), (x, y), xytext=(0, 5), textcoords="offset points", fontsize=6.5,
                color=GREY, ha="center",
            )  # fmt: skip


def _measure_axis(axes: Axes, measure: str) -> None:
    axes.set(xlabel=MEASURES[measure])
    axes.margins(y=0.15)
    if measure == "parameters":
        axes.set_xscale("log")
        axes.xaxis.set_major_locator(LogLocator(10.0, subs=(1.0, 2.0, 3.0, 5.0), numticks=12))
        axes.xaxis.set_minor_locator(NullLocator())
    else:
        axes.set_xlim(left=0)
    axes.yaxis.set_major_formatter(PercentFormatter(1.0))
    axes.xaxis.set_major_formatter(FuncFormatter(_short))
    axes.grid(color=PALE)


def _short(value: float, _place: int) -> str:
    """357,000,000 is said as 357 M."""
    for unit, name in ((1e6, " M"), (1e3, " k")):
        if abs(value) >= unit:
            return f"{value / unit:g}{name}"
    return f"{value:g}"


def _above(values: pd.Series) -> float:
    """A little more than the largest; 1 where there is none."""
    largest = float(values.max())
    return 1.12 * largest if largest > 0 else 1.0


def _check(frame: pd.DataFrame, columns: tuple[str, ...]) -> None:
    missing = [column for column in columns if column not in frame]
    if missing or frame.empty:
        raise ReportError(
            f"the table of a pruning lacks {', '.join(missing) or 'rows'}; it needs "
            f"{', '.join(columns)}. Hand in a file that `hemoscope prune` wrote."
        )
