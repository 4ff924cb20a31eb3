"""`Finding`: one thing that is wrong with a set, with what shows it and what to do."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum
from typing import Any

import pandas as pd


class Severity(StrEnum):
    """How much a finding matters to a result that comes from the set."""

    SERIOUS = "serious"  # results would be wrong; the command line exits with 1
    WARNING = "warning"  # results may be wrong; look at it
    NOTE = "note"  # worth knowing


@dataclass(frozen=True, eq=False)
class Finding:
    """What a check found.

    Attributes:
        code: Stable, such as "CELL010"; `docs/audit-checks.md` has a section of that name.
        severity: How much it matters.
        title: A few words.
        explanation: What was found, in a sentence, with its figures.
        advice: What to do about it.
        evidence: One row for each cell or figure that shows it.
        figures: The figures in the explanation, as plain JSON values.
    """

    code: str
    severity: Severity
    title: str
    explanation: str
    advice: str
    evidence: pd.DataFrame = field(default_factory=pd.DataFrame)
    figures: Mapping[str, Any] = field(default_factory=dict)

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        return {
            "code": self.code,
            "severity": self.severity.value,
            "title": self.title,
            "explanation": self.explanation,
            "advice": self.advice,
            "figures": dict(self.figures),
            "evidence": self.evidence.astype(object)
            .where(self.evidence.notna(), None)
            .to_dict("records"),
        }
