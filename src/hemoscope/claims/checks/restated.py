"""Numbers that the paper gives more than once must agree."""

from collections.abc import Iterator

from hemoscope.claims.checks.derivation import in_unit_of
from hemoscope.claims.finding import Finding, contradict
from hemoscope.claims.ledger import Ledger


def check_restatements(ledger: Ledger) -> Iterator[Finding]:
    """A repeated number must be one that the first may round to."""
    for claim in ledger:
        if claim.restates is None:
            continue
        first = ledger[claim.restates]
        if not claim.interval.meets(first.interval):
            because = (
                f"{first.shown} ({first.id}) is {in_unit_of(claim, first.interval)}, "
                f"not {claim.shown}."
            )
            yield contradict(f"{claim.named}, {claim.shown}", (claim.id,), because)
