"""What an audit measured, as figures."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.figure import Figure
from matplotlib.ticker import PercentFormatter
from numpy.typing import NDArray

from hemoscope.audit import Audit
from hemoscope.audit.checks.shortcuts import least_gain
from hemoscope.reports.style import (
    BLUE,
    COLUMN_WIDTH,
    GREEN,
    GREY,
    INK,
    ORANGE,
    PAGE_WIDTH,
    PALE,
    VERMILION,
    new_figure,
)

KINDS = {"exact": (VERMILION, "X"), "near": (ORANGE, "s"), "overlap": (BLUE, "o")}
MOST_POINTS = 3000


@dataclass(frozen=True, eq=False)
class SharedFieldsFigure:
    """How far apart the two pictures of a field are, and how much of it they share."""

    audit: Audit
    name: ClassVar[str] = "shared-fields"
    title: ClassVar[str] = "Pairs that share a field"
    description: ClassVar[str] = (
        "Left: where the centre of one picture lies in the other, from its centre. "
        "Right: the share of the frame that both pictures show."
    )

    def frame(self) -> pd.DataFrame:
        """One row a pair: kind, shift_x, shift_y, share."""
        return self.audit.case.groups.pairs[["kind", "shift_x", "shift_y", "share"]]

    def plot(self) -> Figure:
        """Two panels."""
        figure = new_figure(PAGE_WIDTH, 3.2)
        left, right = figure.subplots(1, 2)
        frame = self.frame()
        parts = {name: frame[frame["kind"] == name] for name in KINDS}
        for name, part in reversed(parts.items()):  # the rarer ones on top
            colour, marker = KINDS[name]
            label = f"{name} ({len(part)})"
            left.scatter(
                part["shift_x"], part["shift_y"], s=14, c=colour, marker=marker, label=label,
                alpha=0.75, linewidths=0,
            )  # fmt: skip
        left.set(xlim=(-1, 1), ylim=(1, -1), aspect="equal")
        left.set_xlabel("Shift to the right, in frames")
        left.set_ylabel("Shift down, in frames")
        figure.legend(*left.get_legend_handles_labels(), loc="outside upper center", ncols=3)
        shares = [part["share"].to_numpy(dtype=float) for part in parts.values()]
        colours = [colour for colour, _ in KINDS.values()]
        right.hist(shares, bins=np.linspace(0, 1, 21), stacked=True, color=colours)
        right.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        right.set(xlabel="Share of the frame that both show", ylabel="Pairs", xlim=(0, 1))
        return figure


@dataclass(frozen=True, eq=False)
class BackgroundFigure:
    """The colour of the bare glass of every file, and which files form the second batch."""

    audit: Audit
    name: ClassVar[str] = "background"
    title: ClassVar[str] = "Background colour"
    description: ClassVar[str] = (
        "Median colour of the brightest 15 % of each picture: red against blue."
    )

    def frame(self) -> pd.DataFrame:
        """One row a readable cell: path, red, blue, second_batch."""
        case = self.audit.case
        facts = case.examination.facts
        return pd.DataFrame(
            {
                "path": case.examination.paths,
                "red": facts["background_red"],
                "blue": facts["background_blue"],
                "second_batch": case.batches.second,
            }
        )

    def plot(self) -> Figure:
        """A scatter; of a large set only some of the usual files are drawn."""
        figure = new_figure(COLUMN_WIDTH * 1.3, 3.2)
        axes = figure.subplots()
        frame = self.frame()
        for second, colour, name in ((False, GREY, "most files"), (True, GREEN, "second batch")):
            part = frame[frame["second_batch"] == second]
            shown = part.iloc[:: max(1, len(part) // MOST_POINTS)]
            label = f"{name} ({len(part):,})"
            axes.scatter(
                shown["red"], shown["blue"], s=9, c=colour, alpha=0.5, linewidths=0, label=label
            )
        axes.set(xlabel="Red (0 to 255)", ylabel="Blue (0 to 255)")
        axes.legend()
        return figure


@dataclass(frozen=True, eq=False)
class ShortcutsFigure:
    """How often the class is guessed from what should not tell it.

    Attributes:
        evidence: Of the finding CELL020.
        cells: How many were guessed.
    """

    evidence: pd.DataFrame
    cells: int
    name: ClassVar[str] = "shortcuts"
    title: ClassVar[str] = "Shortcuts"
    description: ClassVar[str] = (
        "Cross-validated accuracy of a shallow decision tree on each kind of evidence; the line "
        "is the share of the largest class. Red: guesses that the finding counts."
    )

    def frame(self) -> pd.DataFrame:
        """One row a kind of evidence: evidence, accuracy, balanced_accuracy, majority, gain."""
        return self.evidence

    def counted(self) -> NDArray[np.bool_]:
        """(k,) whether each guess is better than the finding asks for."""
        gain, majority = self.evidence["gain"], float(self.evidence["majority"].iloc[0])
        return (gain > least_gain(majority, self.cells)).to_numpy(dtype=bool)

    def plot(self) -> Figure:
        """One bar a kind of evidence."""
        frame = self.frame()
        figure = new_figure(PAGE_WIDTH * 0.75, 0.7 + 0.28 * len(frame))
        axes = figure.subplots()
        rows = np.arange(len(frame))
        majority = float(frame["majority"].iloc[0])
        colours = [VERMILION if counts else PALE for counts in self.counted()]
        axes.barh(rows, frame["accuracy"], color=colours, height=0.66)
        axes.axvline(majority, color=INK, linewidth=1)
        for row, accuracy in enumerate(frame["accuracy"]):
            axes.text(accuracy + 0.005, row, f"{accuracy:.1%}", va="center", fontsize=7.5)
        axes.set_yticks(rows, list(frame["evidence"]))
        axes.set(ylim=(len(frame) - 0.4, -0.6), xlim=(0, 1.15 * float(frame["accuracy"].max())))
        axes.set_xlabel("Accuracy of the guess")
        axes.xaxis.set_major_formatter(PercentFormatter(1.0, decimals=0))
        axes.grid(axis="y", visible=False)
        axes.tick_params(axis="y", length=0)
        return figure
