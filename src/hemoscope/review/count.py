"""`count_review`: a job and what persons decided become a differential."""

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np

from hemoscope.calibration.differential import (
    ClassCount,
    Confusion,
    Differential,
    Tally,
    count_cells,
    white_cells,
)
from hemoscope.review.job import Cell, Job
from hemoscope.review.verdicts import ARTEFACT, SET_ASIDE, UNCLEAR, Event

OPEN, AS_CALLED, NAMED, UNREADABLE = "open", "as called", "named", "unreadable"
_AGREED = "agreed"


@dataclass(frozen=True)
class Count:
    """A job counted, with what persons decided about it.

    Attributes:
        differential: Numbers per 100 white cells. Without a calibration's confusion counts it has
            no limits.
        open: Cells that a person must look at and nobody has. They are not counted.
        agreed: Decided cells that a person named as the model had.
        corrected: Decided cells that a person named otherwise.
        artefacts: Pictures that a person found to show no cell. Not counted.
        unclear: Cells that a person could not name. Not counted.
        unreadable: Images that nobody can look at. Not counted.
    """

    differential: Differential
    open: int
    agreed: int
    corrected: int
    artefacts: int
    unclear: int
    unreadable: int

    @property
    def counted(self) -> int:
        """Cells in the differential, white or not."""
        return sum(row.called + row.exact for row in self.differential)

    def rows(self) -> list[dict[str, Any]]:
        """The differential as plain JSON values, a row a class; the last four per 100."""
        return [
            {
                "class": row.name,
                "white": row.white,
                "as_called": row.called,
                "named": row.exact,
                "per_100": row.per_100,
                "estimate": row.estimate,
                "low": row.low,
                "high": row.high,
            }
            for row in self.differential
        ]


def count_review(
    job: Job, decided: Mapping[int, Event], confusion: Confusion | None = None
) -> Count:
    """Counts accepted cells as they were called, and decided ones as a person named them.

    Args:
        job: The cells.
        decided: Standing events by cell number (`standing`).
        confusion: The model's, for limits that allow for wrong calls; None: no limits.
    """
    place = {name: at for at, name in enumerate(job.classes)}
    called, exact = np.zeros(len(place), np.int64), np.zeros(len(place), np.int64)
    seen: Counter[str] = Counter()
    for cell in job.cells:
        state, name = state_of(cell, decided.get(cell.number))
        seen[state] += 1
        if state == AS_CALLED:
            called[place[name]] += 1
        elif state == NAMED:
            exact[place[name]] += 1
            seen[_AGREED] += name == cell.called and not cell.unknown
    tally = Tally.of(called, exact, len(place))
    return Count(
        _limited(job.classes, tally, confusion),
        seen[OPEN],
        seen[_AGREED],
        seen[NAMED] - seen[_AGREED],
        seen[ARTEFACT],
        seen[UNCLEAR],
        seen[UNREADABLE],
    )


def state_of(cell: Cell, event: Event | None) -> tuple[str, str]:
    """How a cell stands, and under which name it is counted ("" where it is not).

    Returns:
        `OPEN`, `AS_CALLED`, `NAMED`, `ARTEFACT`, `UNCLEAR` or `UNREADABLE`.
    """
    verdict = None if event is None else event.verdict
    if verdict in SET_ASIDE:
        return str(verdict), ""
    if verdict is not None:
        return NAMED, verdict
    if not cell.readable:
        return UNREADABLE, ""
    return (AS_CALLED, cell.called) if cell.accepted else (OPEN, "")


def _limited(classes: tuple[str, ...], tally: Tally, confusion: Confusion | None) -> Differential:
    if confusion is not None:
        return count_cells(classes, tally, confusion)
    white = white_cells(classes)
    total = int(tally.counted[white].sum())
    rows = tuple(
        ClassCount(
            name,
            bool(white[at]),
            int(tally.called[at]),
            int(tally.exact[at]),
            100 * float(tally.counted[at]) / total if total else None,
            *(None, None, None),
        )
        for at, name in enumerate(classes)
    )
    return Differential(rows, total, 0, 0.95)
