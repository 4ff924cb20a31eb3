"""`Ledger`: all claims, by section and by id, as they are kept in `numbers/*.yaml`."""

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from importlib.resources import files

import yaml

from hemoscope.claims.claim import Claim
from hemoscope.claims.interval import Interval
from hemoscope.errors import HemoscopeError

# In the paper's own order.
CHAPTERS: tuple[str, ...] = (
    "abstract",
    "introduction",
    "methods_data",
    "methods_architecture",
    "methods_transformer",
    "methods_models",
    "table_2",
    "methods_freezing",
    "results_classification",
    "table_3",
    "results_training_curves",
    "results_roc",
    "results_precision_recall",
    "results_calibration",
    "results_class_calibration",
    "results_confusion",
    "results_training",
    "table_4",
    "results_comparison",
    "table_5",
    "discussion",
    "conclusion",
)


class LedgerError(HemoscopeError):
    """The ledger names a claim that is not there, or names one twice."""


@dataclass(frozen=True)
class Chapter:
    """The claims of one section's text, or of one table."""

    section: str
    title: str
    claims: tuple[Claim, ...]
    table: int | None = None

    @property
    def heading(self) -> str:
        """How the chapter is called on the page."""
        place = "Abstract" if self.section == "0" else f"Section {self.section}"
        title = "" if self.section == "0" else f": {self.title}"
        return f"{place}, table {self.table}{title}" if self.table else f"{place}{title}"


@dataclass(frozen=True, eq=False)
class Ledger:
    """Every number of the paper."""

    chapters: tuple[Chapter, ...]

    @cached_property
    def claims(self) -> dict[str, Claim]:
        """All claims by id, in the paper's order."""
        found: dict[str, Claim] = {}
        for chapter in self.chapters:
            for claim in chapter.claims:
                if claim.id in found:
                    raise LedgerError(f"Two claims are called {claim.id!r}: rename one of them.")
                found[claim.id] = claim
        return found

    def __getitem__(self, name: str) -> Claim:
        try:
            return self.claims[name]
        except KeyError:
            raise LedgerError(f"There is no claim called {name!r} in the ledger.") from None

    def __iter__(self) -> Iterator[Claim]:
        return iter(self.claims.values())

    def __len__(self) -> int:
        return len(self.claims)

    def interval(self, name: str) -> Interval:
        """All plain values that a claim may stand for."""
        return self[name].interval


def read_ledger() -> Ledger:
    """Reads the claims that ship with the package."""
    folder = files("hemoscope.claims") / "numbers"
    return Ledger(tuple(_read_chapter((folder / f"{name}.yaml").read_text()) for name in CHAPTERS))


def _read_chapter(text: str) -> Chapter:
    raw = yaml.safe_load(text)
    return Chapter(
        section=raw["section"],
        title=raw["title"],
        claims=tuple(Claim.model_validate(entry) for entry in raw["claims"]),
        table=raw.get("table"),
    )
