"""From findings to one status for every claim."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum

from hemoscope.claims.claim import Claim
from hemoscope.claims.finding import Finding, Verdict
from hemoscope.claims.ledger import Ledger, LedgerError
from hemoscope.claims.results import Comparison, Measured, compare


class Status(StrEnum):
    """Where a claim stands."""

    CONTRADICTED = "contradicted"
    REPRODUCED = "reproduced"
    NOT_REPRODUCED = "not reproduced"
    CONSISTENT = "consistent"
    NOT_CHECKABLE = "not checkable"


_FROM_VERDICT = {
    Verdict.CONTRADICTED: Status.CONTRADICTED,
    Verdict.CONSISTENT: Status.CONSISTENT,
    Verdict.NOT_CHECKABLE: Status.NOT_CHECKABLE,
}
_GRAVEST_FIRST = tuple(_FROM_VERDICT)


@dataclass(frozen=True)
class Judgement:
    """What is known of one claim.

    Attributes:
        claim: The claim.
        status: Where it stands.
        verdict: What the paper's other numbers say, whatever was measured.
        findings: What the checks say about it.
        measured: Our measurement, or None.
        comparison: How that compares, or None.
    """

    claim: Claim
    status: Status
    verdict: Verdict
    findings: tuple[Finding, ...]
    measured: Measured | None = None
    comparison: Comparison | None = None


def judge_claims(
    ledger: Ledger, findings: Sequence[Finding], results: Mapping[str, Measured]
) -> list[Judgement]:
    """Gives every claim exactly one status.

    The gravest finding decides. A claim that restates another also has that one's verdict: a
    number is not truer for being said twice. A measurement decides over all but a
    contradiction: a number that its own neighbours exclude stays contradicted, with our figure
    beside it. One that cannot tell (`compare`) leaves the status as it is.
    """
    by_claim: dict[str, list[Finding]] = {name: [] for name in ledger.claims}
    for finding in findings:
        for name in finding.claims:
            by_claim[ledger[name].id].append(finding)
    own = {name: gravest([finding.verdict for finding in told]) for name, told in by_claim.items()}
    return [
        _judge(claim, _with_origins(ledger, own, claim), by_claim[claim.id], results)
        for claim in ledger
    ]


def gravest(verdicts: Sequence[Verdict]) -> Verdict:
    """The verdict that counts; not checkable where there is none."""
    for verdict in _GRAVEST_FIRST:
        if verdict in verdicts:
            return verdict
    return Verdict.NOT_CHECKABLE


def _with_origins(ledger: Ledger, own: Mapping[str, Verdict], claim: Claim) -> Verdict:
    verdicts, seen = [own[claim.id]], {claim.id}
    while claim.restates is not None:
        claim = ledger[claim.restates]
        if claim.id in seen:
            raise LedgerError(f"{claim.id!r} restates itself: break the circle.")
        seen.add(claim.id)
        verdicts.append(own[claim.id])
    return gravest(verdicts)


def _judge(
    claim: Claim, verdict: Verdict, findings: Sequence[Finding], results: Mapping[str, Measured]
) -> Judgement:
    measured = results.get(claim.id)
    if measured is None:
        return Judgement(claim, _FROM_VERDICT[verdict], verdict, tuple(findings))
    comparison = compare(claim, measured)
    if verdict is Verdict.CONTRADICTED or comparison.reproduced is None:
        status = _FROM_VERDICT[verdict]
    else:
        status = Status.REPRODUCED if comparison.reproduced else Status.NOT_REPRODUCED
    return Judgement(claim, status, verdict, tuple(findings), measured, comparison)
