"""Ledgers with some numbers changed, to show that checks fire and that they fall silent."""

from dataclasses import replace

from hemoscope.claims.claim import Claim
from hemoscope.claims.ledger import Ledger


def doctored(ledger: Ledger, **values: str) -> Ledger:
    """A ledger with other printed values; dots of the ids are written as double underscores."""
    changes = {name.replace("__", "."): value for name, value in values.items()}
    for name in changes:
        ledger[name]  # a test that changes nothing would prove nothing
    return Ledger(
        tuple(
            replace(
                chapter,
                claims=tuple(
                    # Validated anew: a copy would keep the interval of the old value.
                    Claim.model_validate(
                        claim.model_dump(by_alias=True) | {"value": changes[claim.id]}
                    )
                    if claim.id in changes
                    else claim
                    for claim in chapter.claims
                ),
            )
            for chapter in ledger.chapters
        )
    )
