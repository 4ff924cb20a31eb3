"""The same account as plain JSON values, for programs."""

from typing import Any

from hemoscope.claims.account import Account
from hemoscope.claims.judgement import Judgement


def as_record(account: Account) -> dict[str, Any]:
    """Counts, contradictions and every claim with its status."""
    return {
        "counts": {str(status): count for status, count in account.counts.items()},
        "contradictions": [
            {"title": found.title, "claims": list(found.claims), "because": found.because}
            for found in account.contradictions
        ],
        "claims": [
            _claim_record(chapter.section, chapter.table, account.by_id[claim.id])
            for chapter in account.ledger.chapters
            for claim in chapter.claims
        ],
    }


def _claim_record(section: str, table: int | None, judgement: Judgement) -> dict[str, Any]:
    claim = judgement.claim
    return {
        "id": claim.id,
        "section": section,
        "table": table,
        "model": claim.model,
        "class": claim.cell_class,
        "quantity": claim.quantity,
        "value": claim.value,
        "unit": claim.unit,
        "sense": str(claim.sense),
        "kind": str(claim.kind),
        "means": claim.means,
        "restates": claim.restates,
        "status": str(judgement.status),
        "because": [finding.because for finding in judgement.findings],
        "measured": judgement.measured.model_dump(mode="json") if judgement.measured else None,
    }
