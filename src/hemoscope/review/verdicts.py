"""What persons decided: events in the order in which they came, and what stands after all of them.

An event is never changed or removed. A later one of the same cell takes the place of an earlier
one; one with the verdict None takes the decision back, so that the cell is as the model left it.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from datetime import datetime

ARTEFACT = "artefact"
"""No cell: a smudge, debris, an empty picture. Not counted."""
UNCLEAR = "unclear"
"""A cell that this person cannot name. Not counted."""
SET_ASIDE = (ARTEFACT, UNCLEAR)

Verdict = str | None
"""The name of a class, `ARTEFACT` or `UNCLEAR`; None: taken back."""


@dataclass(frozen=True)
class Event:
    """One decision of one person about one cell.

    Attributes:
        cell: Number of the cell.
        number: How many events the cell has with this one: 1, 2, …
        verdict: What was decided.
        who: The person's name.
        at: When, in UTC.
        note: What the person wrote about the cell.
    """

    cell: int
    number: int
    verdict: Verdict
    who: str
    at: datetime
    note: str = ""


def standing(events: Iterable[Event]) -> Mapping[int, Event]:
    """The latest event of each cell, by the cell's number; those taken back are among them."""
    latest: dict[int, Event] = {}
    for event in events:
        known = latest.get(event.cell)
        if known is None or event.number > known.number:
            latest[event.cell] = event
    return latest
