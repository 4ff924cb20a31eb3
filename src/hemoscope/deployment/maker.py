"""Which model made a predictions table: its file, which branch of it, and how often it looked."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any, Self


@dataclass(frozen=True)
class Maker:
    """What has to be the same for the logits of two tables to be of one kind.

    Attributes:
        sha256: Of the model's file; None where a table does not say.
        branch: Of a joint model; None for the mean of all, and for a model of one backbone.
        views: Of each cell, at least 1.
    """

    sha256: str | None
    branch: str | None = None
    views: int = 1

    @classmethod
    def told_by(cls, provenance: Mapping[str, Any]) -> Self:
        """As a scorer, or the table that it made, tells it. Of a single view they say nothing."""
        return cls(provenance.get("sha256"), provenance.get("branch"), provenance.get("views") or 1)

    def differs_from(self, wanted: "Maker") -> str | None:
        """How a table of this maker is not one of the wanted model, in words; None where it is.

        Returns:
            What follows "the predictions".
        """
        if self.sha256 is None:
            return "do not say which model file made them"
        if self.sha256 != wanted.sha256:
            return (
                f"were made by another model (SHA-256 {self.sha256[:12]}…, not "
                f"{str(wanted.sha256)[:12]}…)"
            )
        if self.branch != wanted.branch:
            return f"are of {_part(self.branch)}, not of {_part(wanted.branch)}"
        if self.views != wanted.views:
            return f"were made with {_looks(self.views)} of each cell, not {wanted.views}"
        return None


def _part(branch: str | None) -> str:
    return "all branches together" if branch is None else f"the branch {branch} alone"


def _looks(count: int) -> str:
    return "1 view" if count == 1 else f"{count} views"
