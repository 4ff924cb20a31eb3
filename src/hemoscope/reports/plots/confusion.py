"""The confusion matrix."""

from dataclasses import dataclass
from typing import ClassVar

import numpy as np
import pandas as pd
from matplotlib.axes import Axes
from matplotlib.colors import LinearSegmentedColormap, PowerNorm
from matplotlib.figure import Figure
from numpy.typing import NDArray

from hemoscope.evaluation.result import Confusion
from hemoscope.reports.style import INK, PAGE_WIDTH, SEQUENTIAL, new_figure

ERRORS = LinearSegmentedColormap.from_list(
    "hemoscope-errors", ["#FFFFFF", "#FBE0CF", "#F2AE85", "#DE7434", "#B04A0A"]
)
SMALL_GRID = 6  # up to this many classes, cells keep a comfortable size


@dataclass(frozen=True, eq=False)
class ConfusionFigure:
    """Counts, with the share of the true class below each.

    The diagonal is blue and mistakes are orange on a scale of their own, so that 1 % of a class
    is seen at a glance although 98 % stand beside it.

    Attributes:
        classes: Class names, in the order of the matrix.
        confusion: The counts and the row-normalised matrix.
    """

    classes: tuple[str, ...]
    confusion: Confusion
    name: ClassVar[str] = "confusion-matrix"
    title: ClassVar[str] = "Confusion matrix"
    description: ClassVar[str] = (
        "Matrix of true classes (rows) against predicted classes (columns), with counts and the "
        "share of each true class."
    )

    def frame(self) -> pd.DataFrame:
        """One row for each pair (truth, predicted): count, and share of the true class."""
        size = len(self.classes)
        return pd.DataFrame(
            {
                "truth": np.repeat(np.array(self.classes, dtype=object), size),
                "predicted": np.tile(np.array(self.classes, dtype=object), size),
                "count": self.confusion.matrix.ravel(),
                "share_of_truth": self.confusion.normalised.ravel(),
            }
        )

    def plot(self) -> Figure:
        """One square a pair of classes."""
        size = len(self.classes)
        margin = 0.75 + 0.075 * max(len(name) for name in self.classes)  # room for the names
        side = max(size, 3) * 0.72 if size <= SMALL_GRID else 5.5
        side = min(side, PAGE_WIDTH - margin)
        figure = new_figure(side + margin, side + 0.7 * margin)
        axes = figure.subplots()
        self.draw(axes, side / size)
        self._label(axes)
        return figure

    def draw(self, axes: Axes, inches: float) -> None:
        """The squares with their numbers, without names.

        Args:
            axes: Where.
            inches: Side of a square, on which the size of the numbers depends.
        """
        colours = self._colours()
        axes.imshow(colours, aspect="equal", interpolation="nearest")
        self._write_numbers(axes, colours, inches)

    def _colours(self) -> NDArray[np.float64]:
        """(C, C, 3) RGB of every square."""
        shares = np.nan_to_num(self.confusion.normalised)
        mistakes = shares * (1 - np.eye(len(shares)))
        scale = PowerNorm(0.5, 0.0, max(0.3, float(mistakes.max())))
        colours = ERRORS(scale(mistakes))[:, :, :3]
        diagonal = np.diag_indices(len(shares))
        colours[diagonal] = SEQUENTIAL(0.9 * np.diag(shares))[:, :3]
        return np.asarray(colours)

    def _write_numbers(self, axes: Axes, colours: NDArray[np.float64], inches: float) -> None:
        large = float(np.clip(inches * 14, 5.4, 10))
        for row, column in np.ndindex(*self.confusion.matrix.shape):
            count = int(self.confusion.matrix[row, column])
            if count == 0 and row != column:
                axes.text(
                    column, row, "·", ha="center", va="center", fontsize=large, color="#B9C0C8"
                )
                continue
            ink = "white" if _luminance(colours[row, column]) < 0.45 else INK
            share = self.confusion.normalised[row, column]
            percent = "" if np.isnan(share) else _percent(float(share))
            axes.text(
                column, row - 0.02, f"{count}", ha="center", va="bottom", fontsize=large, color=ink,
                fontweight="bold" if row == column else "normal",
            )  # fmt: skip
            axes.text(
                column, row + 0.08, percent, ha="center", va="top", fontsize=0.78 * large, color=ink
            )

    def _label(self, axes: Axes) -> None:
        size = len(self.classes)
        supports = self.confusion.matrix.sum(axis=1)
        calls = self.confusion.matrix.sum(axis=0)
        long = max(len(name) for name in self.classes) > 44 / size
        axes.set_xticks(
            range(size), [f"{n} ({c})" for n, c in zip(self.classes, calls, strict=True)],
            rotation=40 if long else 0, ha="right" if long else "center", rotation_mode="anchor",
        )  # fmt: skip
        axes.set_yticks(
            range(size), [f"{n} ({c})" for n, c in zip(self.classes, supports, strict=True)]
        )
        axes.set(xlabel="Predicted class (number of calls)", ylabel="True class (number of cells)")
        axes.grid(visible=False)
        axes.set_xticks(np.arange(-0.5, size), minor=True)
        axes.set_yticks(np.arange(-0.5, size), minor=True)
        axes.grid(which="minor", color="#DDE2E7", linewidth=0.8)
        axes.tick_params(which="both", length=0)
        for spine in axes.spines.values():
            spine.set_visible(False)


def _percent(share: float) -> str:
    """Two or three digits, and never 100 % or 0 % for what is not exactly that."""
    percent = 100 * share
    if share in (0.0, 1.0):
        return f"{percent:.0f}%"
    return f"{min(max(percent, 0.1), 99.9):.1f}%"


def _luminance(colour: NDArray[np.float64]) -> float:
    red, green, blue = (float(part) for part in colour)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue
