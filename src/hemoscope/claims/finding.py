"""`Finding`: what one check says about some claims, with the arithmetic."""

from dataclasses import dataclass
from enum import StrEnum


class Verdict(StrEnum):
    """What the paper's other numbers say about a claim."""

    CONSISTENT = "consistent"
    CONTRADICTED = "contradicted"
    NOT_CHECKABLE = "not checkable"  # looked at, but nothing fixes the number


@dataclass(frozen=True)
class Finding:
    """One thing that arithmetic says about one or more claims.

    Attributes:
        title: What was checked, short.
        verdict: What came out.
        claims: The ids that the verdict is about.
        because: The arithmetic in words and numbers.
    """

    title: str
    verdict: Verdict
    claims: tuple[str, ...]
    because: str


def agree(title: str, claims: tuple[str, ...], because: str) -> Finding:
    """The claims equal what the definitions give."""
    return Finding(title, Verdict.CONSISTENT, claims, because)


def contradict(title: str, claims: tuple[str, ...], because: str) -> Finding:
    """The claims cannot all be true."""
    return Finding(title, Verdict.CONTRADICTED, claims, because)


def bounded(title: str, claims: tuple[str, ...], because: str) -> Finding:
    """The claims keep within their bounds, which do not fix them."""
    return Finding(title, Verdict.NOT_CHECKABLE, claims, because)
