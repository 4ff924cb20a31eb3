"""`audit`: everything that is wrong with a set of cells, as one typed result."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd

from hemoscope.audit.case import Case
from hemoscope.audit.checks import CHECKS
from hemoscope.audit.checks.label_errors import judged_cells
from hemoscope.audit.examination import Examination, examine
from hemoscope.audit.finding import Finding, Severity
from hemoscope.audit.groups import find_groups
from hemoscope.audit.pairs import Rule, shared_fields
from hemoscope.cells import CellTable, CellTableError, Progress
from hemoscope.cells.splits.joined_groups import joined_groups
from hemoscope.cells.table import RESERVED
from hemoscope.predictions import Predictions

Stage = Callable[[str], Progress]
"""Given the name of a stage of the work, says whom to tell of its progress."""

ORDER = {severity: place for place, severity in enumerate(Severity)}


@dataclass(frozen=True, eq=False)
class Audit:
    """The outcome.

    Attributes:
        case: What the checks looked at; `case.groups.pairs` and `case.batches` among it.
        findings: What is wrong, the most serious first.
    """

    case: Case
    findings: tuple[Finding, ...]

    @property
    def serious(self) -> bool:
        """Whether anything was found that makes results wrong."""
        return any(finding.severity is Severity.SERIOUS for finding in self.findings)

    def groups(self) -> pd.DataFrame:
        """Columns `path` and `group`, one row a cell, for `hemoscope split --groups`."""
        return self.case.groups.frame(self.case.table.paths)

    def cleaned(self) -> CellTable:
        """The cells worth keeping, with a column `group` by which `hemoscope split` goes.

        Groups that the table knew, such as patients, are joined with those of the audit. Left out
        are unreadable files, pictures with contradictory labels, and all but the first of pictures
        with equal pixels.
        """
        out = {failure.row for failure in self.case.examination.failures}
        pairs = self.case.groups.pairs
        out |= set(pairs.loc[pairs["kind"] == "exact", "second"])
        contradicted = [f.evidence for f in self.findings if f.code == "CELL013"]
        names = {p for e in contradicted for c in ("path_1", "path_2") for p in e[c]}
        table = self.case.table
        kept = [i for i, p in enumerate(table.paths) if i not in out and p not in names]
        groups = self.groups()["group"].tolist()
        if table.groups is not None:
            groups = joined_groups(table.groups.tolist(), groups)
        grouped = table.with_column("group", groups)
        return grouped.take(np.array(kept, dtype=np.intp))

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values."""
        table, groups = self.case.table, self.case.groups
        return {
            "cells": len(table),
            "readable": len(self.case.examination.facts),
            "serious": self.serious,
            "groups": len(groups.rows()),
            "grouped_cells": int((groups.size > 1).sum()),
            "splits": list(self.case.splits),
            "fingerprint": table.fingerprint(),
            "findings": [finding.to_dict() for finding in self.findings],
        }


def audit(  # noqa: PLR0913 each is one thing that a caller may give
    table: CellTable,
    *,
    splits: Sequence[str] | None = None,
    predictions: Predictions | None = None,
    reference: CellTable | None = None,
    rule: Rule | None = None,
    cache: Path | None = None,
    workers: int | None = None,
    stage: Stage | None = None,
) -> Audit:
    """Looks for what is wrong with a set before anyone trains on it.

    Args:
        table: The cells.
        splits: Columns that divide them; by default those with "split" in their name.
        predictions: Out-of-sample predictions, to find label errors with; by the path of the cells.
        reference: A set to compare with: what a model was made for.
        rule: When two pictures count as one field.
        cache: Folder for what is found out of each image; an interrupted audit goes on from it.
        workers: Threads; by default one for each processor.
        stage: Told of the progress of every stage.

    Raises:
        CellTableError: The table is empty, or has no such column.
        HemoscopeError: The predictions are of other cells or classes, or there are no labels.
        MissingExtraError: A part that is needed is not installed.
    """
    if len(table) == 0:
        raise CellTableError("the table has no cells, so there is nothing to audit.")
    tell = stage or _silent
    columns = _splits(table) if splits is None else tuple(splits)
    for column in columns:
        table.check_column(column)
    judged = None if predictions is None else judged_cells(predictions, table)
    examined = examine(table, cache=cache, workers=workers, progress=tell("reading images"))
    other = _reference(reference, cache, workers, tell)
    shared = shared_fields(examined, rule=rule, workers=workers, stage=tell)
    groups = find_groups(examined, shared)
    case = Case(examined, groups, columns, judged, other)
    return Audit(case, run_checks(case))


def run_checks(case: Case) -> tuple[Finding, ...]:
    """Every check in turn; the most serious findings first."""
    if len(case.examination.facts) == 0:
        return tuple(CHECKS["CELL001"](case))
    found = [finding for check in CHECKS.values() for finding in check(case)]
    return tuple(sorted(found, key=lambda finding: (ORDER[finding.severity], finding.code)))


def _splits(table: CellTable) -> tuple[str, ...]:
    own = [str(name) for name in table.frame.columns if name not in RESERVED]
    return tuple(name for name in own if "split" in name.lower())


def _reference(
    reference: CellTable | None, cache: Path | None, workers: int | None, tell: Stage
) -> Examination | None:
    if reference is None:
        return None
    progress = tell("reading the reference")
    return examine(reference, cache=cache, workers=workers, progress=progress)


def _silent(_: str) -> Progress:
    return lambda _done, _total: None
