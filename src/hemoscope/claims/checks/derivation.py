"""`Derivation`: a claim that follows from other claims by one formula."""

from collections.abc import Callable
from dataclasses import dataclass
from decimal import Decimal

from hemoscope.claims.checks.words import span
from hemoscope.claims.claim import Claim
from hemoscope.claims.finding import Finding, agree, contradict
from hemoscope.claims.interval import Interval
from hemoscope.claims.ledger import Ledger


@dataclass(frozen=True)
class Derivation:
    """What a claim must equal.

    Attributes:
        claim: The claim that follows.
        inputs: The claims from which it follows.
        formula: From the inputs' intervals to the claim's.
        words: The formula with {0}, {1}… for the printed inputs.
        supports: Claims that agreement supports beside the first: those that the formula
            would expose just as well.
    """

    claim: str
    inputs: tuple[str, ...]
    formula: Callable[..., Interval]
    words: str
    supports: tuple[str, ...] = ()


def judge(ledger: Ledger, derivation: Derivation) -> Finding:
    """Whether a claim's interval meets what its formula gives for any values of the inputs."""
    claim = ledger[derivation.claim]
    result = derivation.formula(*map(ledger.interval, derivation.inputs))
    figures = [ledger[name].figure for name in derivation.inputs]
    arithmetic = f"{derivation.words.format(*figures)} = {in_unit_of(claim, result)}"
    if claim.allows(result):
        return agree(claim.means, (claim.id, *derivation.supports), arithmetic + ".")
    return contradict(
        f"{claim.named}, {claim.shown}", (claim.id,), f"{arithmetic}, not {claim.shown}."
    )


def in_unit_of(claim: Claim, values: Interval) -> str:
    """An interval in the unit of a claim, with two more digits than it was printed with."""
    exponent = Decimal(claim.value).as_tuple().exponent
    decimals = max(0, -exponent) if isinstance(exponent, int) else 0
    whole = values.low == values.high and values.low.denominator == 1 and claim.measure.exact
    scaled = values.scaled(1 / claim.measure.scale)
    return span(scaled, 0 if whole else decimals + 2) + claim.measure.suffix
