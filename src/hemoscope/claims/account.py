"""`Account`: the whole ledger judged, ready to be written down."""

from collections import Counter
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path

from hemoscope.claims.checks import all_findings
from hemoscope.claims.finding import Finding, Verdict
from hemoscope.claims.judgement import Judgement, Status, judge_claims
from hemoscope.claims.ledger import Ledger, read_ledger
from hemoscope.claims.results import read_results


@dataclass(frozen=True, eq=False)
class Account:
    """Every claim with its judgement, and every finding.

    Attributes:
        ledger: The claims.
        findings: What the checks say, in their order.
        judgements: One for every claim, in the paper's order.
    """

    ledger: Ledger
    findings: tuple[Finding, ...]
    judgements: tuple[Judgement, ...]

    @cached_property
    def by_id(self) -> dict[str, Judgement]:
        """Judgements by claim."""
        return {judgement.claim.id: judgement for judgement in self.judgements}

    @cached_property
    def contradictions(self) -> list[Finding]:
        """The findings that contradict something."""
        return [found for found in self.findings if found.verdict is Verdict.CONTRADICTED]

    @property
    def counts(self) -> dict[Status, int]:
        """How many claims have each status."""
        found = Counter(judgement.status for judgement in self.judgements)
        return {status: found[status] for status in Status}


def take_account(results: Path | None = None) -> Account:
    """Reads the ledger, runs every check and judges every claim.

    Args:
        results: A results file or a folder of them; None while there are none.
    """
    ledger = read_ledger()
    findings = tuple(all_findings(ledger))
    measured = read_results(results, ledger) if results is not None else {}
    return Account(ledger, findings, tuple(judge_claims(ledger, findings, measured)))
