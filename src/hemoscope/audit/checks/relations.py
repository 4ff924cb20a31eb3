"""CELL010 to CELL012: cells that show the same picture, or part of the same field."""

import numpy as np
import pandas as pd

from hemoscope.audit.case import Case
from hemoscope.audit.finding import Finding, Severity

KINDS = {
    "exact": (
        "CELL010",
        "Exact duplicates",
        "{pairs} pairs of files hold the same pixels ({cells} cells in {groups} groups).",
        "Keep one of each; the cleaned manifest does.",
    ),
    "near": (
        "CELL011",
        "Near duplicates",
        "{pairs} pairs of files show one picture, changed: recompressed, resized, brightened, "
        "turned or mirrored ({cells} cells in {groups} groups).",
        "Keep one of each, or keep each group on one side of a split (`split --groups`).",
    ),
    "overlap": (
        "CELL012",
        "Overlapping fields",
        "{pairs} pairs of pictures share part of one field ({cells} cells in {groups} groups).",
        "Keep each group on one side of a split: `hemoscope split --groups groups.csv`.",
    ),
}


def exact_duplicates(case: Case) -> list[Finding]:
    """CELL010: the same pixels twice."""
    return _of_kind(case, "exact")


def near_duplicates(case: Case) -> list[Finding]:
    """CELL011: one picture, changed."""
    return _of_kind(case, "near")


def overlapping_fields(case: Case) -> list[Finding]:
    """CELL012: two pictures of one field."""
    return _of_kind(case, "overlap")


def _of_kind(case: Case, kind: str) -> list[Finding]:
    pairs = case.groups.pairs
    pairs = pairs[pairs["kind"] == kind].reset_index(drop=True)
    if len(pairs) == 0:
        return []
    code, title, explanation, advice = KINDS[kind]
    ends = pairs[["first", "second"]].to_numpy(dtype=np.intp)
    figures = {
        "pairs": len(pairs),
        "cells": len(np.unique(ends)),
        "groups": len(np.unique(case.groups.of_row[ends])),
    }
    return [
        Finding(
            code,
            Severity.WARNING,
            title,
            explanation.format(**figures),
            advice,
            evidence_of_pairs(case, pairs),
            figures,
        )
    ]


def evidence_of_pairs(case: Case, pairs: pd.DataFrame) -> pd.DataFrame:
    """Paths, labels and splits of both cells, whether the labels agree, and the measurements."""
    sides = [case.describe(pairs[end].to_numpy(dtype=np.intp)) for end in ("first", "second")]
    shown: dict[str, object] = {"group": sides[0]["group"]}
    for number, side in enumerate(sides, 1):
        shown |= {f"{name}_{number}": side[name] for name in side.columns if name != "group"}
    if "label" in sides[0]:
        shown["labels_agree"] = sides[0]["label"] == sides[1]["label"]
    for split in case.splits:
        shown[f"{split}_torn"] = sides[0][split] != sides[1][split]
    measured = ("share", "inliers", "agreeing", "correlation", "scale", "turn", "mirrored")
    shown |= {name: pairs[name].to_numpy() for name in measured if name in pairs}
    return pd.DataFrame(shown)
