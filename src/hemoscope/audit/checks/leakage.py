"""CELL033 and CELL034: cells that belong together on two sides of a split."""

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemoscope.audit.case import LEFT_OUT, Case
from hemoscope.audit.finding import Finding, Severity


def groups_torn(case: Case) -> list[Finding]:
    """CELL033: duplicates or overlapping fields on two sides of a split."""
    return [
        finding
        for split in case.splits
        for finding in _torn(
            case,
            split,
            case.groups.of_row,
            "CELL033",
            "Duplicates and overlapping fields torn apart by a split",
            "groups of duplicates or overlapping fields",
            "Split again with `hemoscope split --groups groups.csv`.",
        )
    ]


def given_groups_torn(case: Case) -> list[Finding]:
    """CELL034: one patient, slide or field (the column `group`) on two sides of a split."""
    if case.table.groups is None:
        return []
    codes = pd.factorize(case.table.groups)[0].astype(np.intp)
    return [
        finding
        for split in case.splits
        for finding in _torn(
            case,
            split,
            codes,
            "CELL034",
            "Groups torn apart by a split",
            "groups (column 'group')",
            "Split again with `hemoscope split --method grouped`.",
        )
    ]


def _torn(
    case: Case,
    split: str,
    groups: NDArray[np.intp],
    code: str,
    title: str,
    what: str,
    advice: str,
) -> list[Finding]:
    parts = case.table.frame[split].astype(str).to_numpy(dtype=object)
    named = ~np.isin(parts, LEFT_OUT)
    sides = pd.Series(parts[named]).groupby(groups[named]).nunique()
    torn = sides.index[sides > 1].to_numpy()
    rows = np.flatnonzero(named & np.isin(groups, torn))
    if len(rows) == 0:
        return []
    order = rows[np.argsort(groups[rows], kind="stable")]
    evidence = case.describe(order).assign(group=groups[order])
    figures = {"split": split, "groups": len(torn), "cells": len(rows)}
    return [
        Finding(
            code,
            Severity.SERIOUS,
            title,
            f"{split!r} separates {len(torn)} {what}, of {len(rows)} cells: what is measured on "
            "one side was partly seen on the other.",
            advice,
            evidence,
            figures,
        )
    ]
