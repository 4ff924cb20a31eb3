"""Whether calibration made stated probabilities come true: before beside after."""

from dataclasses import dataclass
from typing import ClassVar

import pandas as pd
from matplotlib.figure import Figure

from hemoscope.evaluation.result import Calibration
from hemoscope.reports.plots.calibration import bins_frame, draw_counts, draw_reliability
from hemoscope.reports.style import BLUE, GREY, PAGE_WIDTH, new_figure


@dataclass(frozen=True, eq=False)
class RecalibrationFigure:
    """The reliability diagram before calibration and after it.

    Attributes:
        before: The result with the model's own probabilities.
        after: The result with the calibrated ones.
    """

    before: Calibration
    after: Calibration
    name: ClassVar[str] = "recalibration"
    title: ClassVar[str] = "Reliability before and after calibration"
    description: ClassVar[str] = (
        "Share of cells called right against stated confidence, in bins of equal width with "
        "95 % intervals, and below it the number of cells in each bin; the model's own "
        "probabilities on the left, the calibrated ones on the right."
    )

    def frame(self) -> pd.DataFrame:
        """One row a bin; `probabilities` tells which ones."""
        return pd.concat(
            [
                bins_frame(self.before.diagram).assign(probabilities="before"),
                bins_frame(self.after.diagram).assign(probabilities="after"),
            ],
            ignore_index=True,
        )

    def plot(self) -> Figure:
        """Diagrams above, counts below."""
        figure = new_figure(PAGE_WIDTH * 0.86, 4.7)
        grid = figure.subplots(2, 2, height_ratios=[3, 1], sharex=True, sharey="row")
        parts = (("Before", self.before, GREY), ("After", self.after, BLUE))
        for column, (title, calibration, colour) in enumerate(parts):
            above, below = grid[0][column], grid[1][column]
            draw_reliability(above, calibration.diagram, colour)
            draw_counts(below, calibration.diagram)
            above.set_aspect("auto")
            above.set_box_aspect(1)
            below.set_box_aspect(0.3)
            above.set(title=f"{title}: ECE {calibration.ece:.4f}", xlabel="")
            below.set_xlabel("Stated confidence")
        grid[0][0].set_ylabel("Share called right")
        grid[1][0].set_ylabel("Cells (log)")
        return figure
