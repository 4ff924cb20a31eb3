"""CELL013: one picture, two labels."""

import numpy as np

from hemoscope.audit.case import Case
from hemoscope.audit.checks.relations import evidence_of_pairs
from hemoscope.audit.finding import Finding, Severity
from hemoscope.audit.groups import centred


def contradictory_labels(case: Case) -> list[Finding]:
    """CELL013: exact or near duplicates that are labelled differently.

    A cell that was photographed twice counts too, turned or in another light. Overlapping fields
    do not: each of their pictures is centred on a cell of its own.
    """
    labels = case.table.labels
    pairs = case.groups.pairs
    if labels is None or len(pairs) == 0:
        return []
    first, second = (pairs[end].to_numpy(dtype=np.intp) for end in ("first", "second"))
    wrong = pairs[centred(pairs) & (labels[first] != labels[second])].reset_index(drop=True)
    if len(wrong) == 0:
        return []
    return [
        Finding(
            "CELL013",
            Severity.SERIOUS,
            "Contradictory labels",
            f"{len(wrong)} pairs of pictures show the same cell under two labels; at least one of "
            "the two is wrong.",
            "Ask an expert. Until then leave both out; the cleaned manifest does.",
            evidence_of_pairs(case, wrong),
            {"pairs": len(wrong)},
        )
    ]
