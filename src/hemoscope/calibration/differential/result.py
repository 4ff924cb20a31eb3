"""`Differential`: how many cells of each class, per 100 white cells, and how sure that is."""

from collections.abc import Iterator
from dataclasses import dataclass

import pandas as pd


@dataclass(frozen=True)
class ClassCount:
    """One class of a differential.

    Attributes:
        name: The class.
        white: Whether it is one of white cells; the others are counted apart.
        called: Cells that the model called so.
        exact: Cells that a person named so.
        per_100: Counted cells of it per 100 counted white cells; None without white cells.
        estimate: The same for the patient, wrong calls accounted for: posterior median.
        low: Lower limit for the patient.
        high: Upper limit.
    """

    name: str
    white: bool
    called: int
    exact: int
    per_100: float | None
    estimate: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class Differential:
    """A differential count.

    Attributes:
        rows: One for each class, in the order of the classes.
        white: Counted white cells.
        unknown: Cells that seem to be of none of the classes, and are not counted.
        level: P(a patient's true number per 100 white cells lies within its limits).
    """

    rows: tuple[ClassCount, ...]
    white: int
    unknown: int
    level: float

    def __iter__(self) -> Iterator[ClassCount]:
        return iter(self.rows)

    def frame(self) -> pd.DataFrame:
        """One row a class: class, white, called, exact, per_100, estimate, low, high.

        The last four are per 100 white cells, nan where there are no white cells.
        """
        columns = {"name": "class"}
        frame = pd.DataFrame([vars(row) for row in self.rows]).rename(columns=columns)
        figures = ["per_100", "estimate", "low", "high"]
        return frame.astype(dict.fromkeys(figures, float))
