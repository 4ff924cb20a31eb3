"""What is signed: a record that a later change can be told from.

A record is canonical JSON; its digest is the SHA-256 of those bytes. It names the digest of the
version before, so that no version can be taken out or changed without all later ones. That shows a
change to whoever has kept a digest, such as on paper. It is no proof of who signed: whoever can
write the database can write a new chain.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from hemoscope.review.count import Count
from hemoscope.review.job import Job
from hemoscope.review.verdicts import Event

FORMAT = "hemoscope-differential"


@dataclass(frozen=True)
class Signature:
    """A signed version.

    Attributes:
        record: Everything that was signed, as plain JSON values.
        digest: SHA-256 of the record, 64 hex digits.
        sound: Whether record, digest and the version before belong together.
    """

    record: Mapping[str, Any]
    digest: str
    sound: bool

    @property
    def version(self) -> int:
        """The number of the version, from 1."""
        return int(self.record["version"])


def canonical(record: Mapping[str, Any]) -> str:
    """The same text for the same record, whatever the order of its keys."""
    return json.dumps(
        record, sort_keys=True, separators=(",", ":"), ensure_ascii=False, allow_nan=False
    )


def digest_of(text: str) -> str:
    """SHA-256 of a record's text, 64 hex digits."""
    return hashlib.sha256(text.encode()).hexdigest()


def decisions_of(job: Job, decided: Mapping[int, Event]) -> list[dict[str, Any]]:
    """Every standing decision, in the order of the cells; what was taken back is not among them."""
    return [
        {
            "path": job.cells[number].path,
            "called": job.cells[number].called,
            "verdict": event.verdict,
            "who": event.who,
            "at": event.at.isoformat(),
            "note": event.note,
        }
        for number, event in sorted(decided.items())
        if event.verdict is not None
    ]


def make_record(
    job: Job,
    decided: Mapping[int, Event],
    count: Count,
    *,
    who: str,
    comment: str,
    before: Signature | None,
) -> dict[str, Any]:
    """What a person signs now.

    Args:
        job: The cells.
        decided: Standing events by cell number.
        count: Of both.
        who: The person.
        comment: What the person writes; for an amended version the reason.
        before: The version that this one takes the place of.
    """
    return {
        "format": FORMAT,
        "version": 1 if before is None else before.version + 1,
        "before": None if before is None else before.digest,
        "signed_by": who,
        "signed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "comment": comment,
        "job": job.digest,
        "model": {key: job.provenance.get(key) for key in ("model", "sha256", "hemoscope")},
        "cells": len(job.cells),
        "white_cells": count.differential.white,
        "level": count.differential.level,
        "differential": count.rows(),
        "agreed": count.agreed,
        "corrected": count.corrected,
        "artefacts": count.artefacts,
        "unclear": count.unclear,
        "unreadable": count.unreadable,
        "decisions": decisions_of(job, decided),
    }


def read_signatures(kept: Sequence[tuple[str, str]]) -> tuple[Signature, ...]:
    """Signatures as the ledger has them, each held against its digest and the one before."""
    found: list[Signature] = []
    for place, (text, digest) in enumerate(kept):
        try:
            record = json.loads(text)
        except ValueError:
            record = {}
        record = record if isinstance(record, dict) else {}
        before = found[-1].digest if found else None
        sound = (
            digest_of(text) == digest
            and record.get("version") == place + 1
            and record.get("before") == before
            and all(one.sound for one in found)
        )
        found.append(Signature({"version": place + 1, **record}, digest, sound))
    return tuple(found)
