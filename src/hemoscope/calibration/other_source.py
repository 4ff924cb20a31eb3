"""Whether cells seem to come from elsewhere than those that a calibration was made on."""

from dataclasses import dataclass
from typing import Self

from scipy.special import betainc

TIMES = 2.0
"""So many times the flag rate may be due to chance or to a few odd cells."""
LEAST_P = 0.001


@dataclass(frozen=True)
class OtherSource:
    """How many cells of a job look like none of the classes, beside how many should.

    What a calibration certifies holds for cells like those it was fitted on. Of such cells at most
    `expected` are flagged as unknown. Where many more are, the cells are of another microscope,
    stain or kind of patient, and what was certified does not hold, even for cells that are not
    flagged.

    Attributes:
        flagged: Cells that look like none of the classes.
        cells: All cells.
        expected: The share that is flagged among cells like the validation cells, in (0, 1).
    """

    flagged: int
    cells: int
    expected: float

    @classmethod
    def of(cls, flagged: int, cells: int, expected: float | None) -> Self | None:
        """The comparison; None where unknown cells are not looked for, or there are no cells."""
        return None if expected is None or not cells else cls(flagged, cells, expected)

    @property
    def share(self) -> float:
        """The share that is flagged, in [0, 1]."""
        return self.flagged / self.cells

    @property
    def p(self) -> float:
        """P(so many flagged or more), if twice the expected share were (exact binomial test)."""
        if not self.flagged:
            return 1.0
        rate = min(1.0, TIMES * self.expected)
        return float(betainc(self.flagged, self.cells - self.flagged + 1.0, rate))

    @property
    def suspected(self) -> bool:
        """Whether the cells seem to come from elsewhere."""
        return self.p < LEAST_P

    def __str__(self) -> str:
        """What a person must know, as two sentences; empty where nothing is suspected."""
        if not self.suspected:
            return ""
        return (
            f"{self.flagged:,} of {self.cells:,} cells ({self.share:.1%}) look like none of the "
            f"classes; of cells like those that the calibration was made on at most "
            f"{self.expected:.1%} do. They seem to come from another microscope, stain or kind of "
            "patient: look at accepted cells, too, until the calibration was fitted on cells of "
            "your own (hemoscope calibrate)."
        )
