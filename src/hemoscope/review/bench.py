"""`Bench`: a job on the table: decide, count, sign."""

from collections.abc import Mapping, Sequence
from threading import Lock

from hemoscope.calibration.differential import Confusion
from hemoscope.review.count import Count, count_review
from hemoscope.review.errors import ReviewError
from hemoscope.review.job import Job
from hemoscope.review.ledger import ConflictError, Ledger
from hemoscope.review.signature import (
    Signature,
    canonical,
    decisions_of,
    digest_of,
    make_record,
    read_signatures,
)
from hemoscope.review.verdicts import SET_ASIDE, Event, Verdict, standing

LONGEST = 2000
"""Characters of a name, a note or a comment."""


class Bench:
    """What a person does with a job. Several threads may use one at once."""

    def __init__(self, job: Job, ledger: Ledger, confusion: Confusion | None = None) -> None:
        """Lay a job out.

        Args:
            job: The cells.
            ledger: Where decisions are kept.
            confusion: The model's, for the limits of the differential; None: it has none.
        """
        self.job, self._ledger, self._confusion = job, ledger, confusion
        self._decided: dict[int, Event] = {}
        self._read_to, self._lock = 0, Lock()

    @property
    def verdicts(self) -> tuple[str, ...]:
        """What may be said of a cell."""
        return (*self.job.classes, *SET_ASIDE)

    @property
    def last(self) -> int:
        """The place of the last event: it changes with every decision."""
        return self.standing()[0]

    def decided(self) -> Mapping[int, Event]:
        """Standing events by cell number, those of other processes among them."""
        return self.standing()[1]

    def standing(self) -> tuple[int, Mapping[int, Event]]:
        """The place of the last event, and what stands after just that one."""
        with self._lock:
            added = self._ledger.events(self._read_to)
            if added:
                self._decided = dict(
                    standing([*self._decided.values(), *(one for _, one in added)])
                )
                self._read_to = added[-1][0]
            return self._read_to, self._decided

    def since(self, place: int) -> tuple[int, Sequence[Event]]:
        """The place of the last event, and those after a place, in the order in which they came."""
        added = self._ledger.events(place)
        return (added[-1][0] if added else place), [event for _, event in added]

    def decide(
        self, decisions: Sequence[tuple[int, int, Verdict]], who: str, note: str = ""
    ) -> tuple[Event, ...]:
        """Writes decisions down; see `Ledger.decide`.

        Raises:
            ConflictError: Somebody was quicker.
            ReviewError: There is no such cell or class, a cell is named twice, or nobody decides.
        """
        who = _signed_name(who)
        if len(note) > LONGEST:
            raise ReviewError(f"a note has at most {LONGEST:,} characters.")
        numbers = [cell for cell, _, _ in decisions]
        if not numbers or len(set(numbers)) != len(numbers):
            raise ReviewError("each decision is about one cell, and each cell is decided once.")
        for cell, seen, verdict in decisions:
            if not 0 <= cell < len(self.job.cells) or seen < 0:
                raise ReviewError(f"there is no cell {cell} in this job.")
            if verdict is not None and verdict not in self.verdicts:
                raise ReviewError(f"{verdict!r} is none of {', '.join(self.verdicts)}.")
        return self._ledger.decide(decisions, who, note)

    def count(self) -> Count:
        """The differential as it stands."""
        return self._count(self.decided())

    def _count(self, decided: Mapping[int, Event]) -> Count:
        return count_review(self.job, decided, self._confusion)

    def signatures(self) -> tuple[Signature, ...]:
        """Every signed version, the first one first."""
        return read_signatures(self._ledger.signed())

    def is_signed(self) -> bool:
        """Whether what stands now is what was signed last."""
        return self._is_signed(self.signatures(), self.decided())

    def _is_signed(self, signed: Sequence[Signature], decided: Mapping[int, Event]) -> bool:
        if not signed:
            return False
        return signed[-1].record.get("decisions") == decisions_of(self.job, decided)

    def sign(self, who: str, comment: str = "", *, seen: int | None = None) -> Signature:
        """Freezes what stands as the next version.

        Args:
            who: The person.
            comment: For a second or later version the reason why it was amended.
            seen: `last` as the person has seen it; None: whatever stands.

        Raises:
            ConflictError: Something was decided or signed after the person looked.
            ReviewError: Cells are open, nothing was changed since the last version, the name or
                the reason is missing, or an earlier version was changed after it was signed.
        """
        who = _signed_name(who)
        if len(comment) > LONGEST:
            raise ReviewError(f"a comment has at most {LONGEST:,} characters.")
        # All of it from one moment: what others decide meanwhile is for the next version.
        last, decided = self.standing()
        signed, count = self.signatures(), self._count(decided)
        if seen is not None and seen != last:
            raise ConflictError(
                "something was decided after you looked. Load the page again, look, and sign then."
            )
        _check_may_sign(signed, count, comment, unchanged=self._is_signed(signed, decided))
        before = signed[-1] if signed else None
        record = make_record(
            self.job, decided, count, who=who, comment=comment.strip(), before=before
        )
        text = canonical(record)
        digest = digest_of(text)
        self._ledger.sign(record["version"], text, digest)
        return Signature(record, digest, sound=True)


def _signed_name(who: str) -> str:
    who = " ".join(who.split())
    if not who:
        raise ReviewError("write your name: every decision is kept with who made it.")
    if len(who) > LONGEST:
        raise ReviewError(f"a name has at most {LONGEST:,} characters.")
    return who


def _check_may_sign(
    signed: Sequence[Signature], count: Count, comment: str, *, unchanged: bool
) -> None:
    if count.open:
        cells = "1 cell is" if count.open == 1 else f"{count.open:,} cells are"
        raise ReviewError(f"{cells} still open. Decide about each before you sign.")
    if not count.counted:
        raise ReviewError("no cell is counted, so there is no differential to sign.")
    if not signed:
        return
    if not all(one.sound for one in signed):
        raise ReviewError(
            "a signed version was changed after it was signed. Keep the database as it is, and "
            "find out who did that."
        )
    if unchanged:
        raise ReviewError(f"version {signed[-1].version} is signed, and nothing changed since.")
    if not comment.strip():
        raise ReviewError("say in the comment why the signed version is amended.")
