"""What the page is told, as plain JSON values, and what it may ask for."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from hemoscope.review.bench import LONGEST, Bench
from hemoscope.review.job import Cell
from hemoscope.review.verdicts import Event, Verdict

MOST_AT_ONCE = 5000
"""Cells that one decision may be about."""


class _Asked(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True)


class Decision(_Asked):
    """About one cell: its number, how many events of it the page has seen, the verdict."""

    cell: int = Field(ge=0)
    seen: int = Field(ge=0)
    verdict: Verdict = Field(max_length=LONGEST)


class Decisions(_Asked):
    """What one person decided at once."""

    who: str = Field(max_length=LONGEST)
    note: str = Field(default="", max_length=LONGEST)
    decisions: tuple[Decision, ...] = Field(min_length=1, max_length=MOST_AT_ONCE)


class Wish(_Asked):
    """To sign what stood when the page had seen event `seen`."""

    who: str = Field(max_length=LONGEST)
    comment: str = Field(default="", max_length=LONGEST)
    seen: int = Field(ge=0)


def told_of_cell(cell: Cell, event: Event | None) -> dict[str, Any]:
    """A cell and what stands of it."""
    return {
        "cell": cell.number,
        "path": cell.path,
        "called": cell.called,
        "probability": cell.probability,
        "second": cell.second,
        "second_probability": cell.second_probability,
        "candidates": cell.candidates,
        "accepted": cell.accepted,
        "unknown": cell.unknown,
        "reason": cell.reason,
        "problem": cell.problem,
        "words": cell.in_words,
        **(told_of_event(event) if event else {"seen": 0, "verdict": None}),
    }


def told_of_event(event: Event) -> dict[str, Any]:
    """A decision."""
    return {
        "cell": event.cell,
        "seen": event.number,
        "verdict": event.verdict,
        "who": event.who,
        "at": event.at.isoformat(timespec="seconds"),
        "note": event.note,
    }


def told_of_count(bench: Bench) -> dict[str, Any]:
    """The differential as it stands, and whether it is signed."""
    count, signed = bench.count(), bench.signatures()
    return {
        "rows": count.rows(),
        "white": count.differential.white,
        "counted": count.counted,
        "open": count.open,
        "agreed": count.agreed,
        "corrected": count.corrected,
        "artefacts": count.artefacts,
        "unclear": count.unclear,
        "unreadable": count.unreadable,
        "signed": [
            {
                "version": one.version,
                "who": one.record.get("signed_by", "?"),
                "at": one.record.get("signed_at", "?"),
                "digest": one.digest,
                "sound": one.sound,
            }
            for one in signed
        ],
        "current": bench.is_signed(),
    }
