"""CELL030 to CELL032: whether every class is there, often enough, and in every part."""

import numpy as np
import pandas as pd

from hemoscope.audit.case import LEFT_OUT, Case
from hemoscope.audit.finding import Finding, Severity

IMBALANCE = 10.0  # the largest class against the smallest
FEW_CELLS = 30
FEW_GROUPS = 10


def class_balance(case: Case) -> list[Finding]:
    """CELL030: a class with few cells, or far fewer than another."""
    if case.table.labels is None:
        return []
    counts = pd.Series(case.table.labels).value_counts()
    ratio = float(counts.iloc[0] / counts.iloc[-1])
    few = int((counts < FEW_CELLS).sum())
    if ratio >= IMBALANCE:
        title, advice = "Unbalanced classes", "weight or resample in training."
        explanation = (
            f"{counts.index[0]} has {counts.iloc[0]} cells and {counts.index[-1]} has "
            f"{counts.iloc[-1]}, {ratio:.1f} times fewer."
        )
    elif few:
        title, advice = "Few cells in a class", "collect more of the rare ones."
        explanation = (
            f"{few} of {len(counts)} classes {'has' if few == 1 else 'have'} fewer than "
            f"{FEW_CELLS} cells; {counts.index[-1]} has {counts.iloc[-1]}. Of so few, little can "
            "be learnt or measured."
        )
    else:
        return []
    return [
        Finding(
            "CELL030",
            Severity.WARNING,
            title,
            explanation,
            f"Report balanced accuracy and each class by itself; {advice}",
            counts.rename_axis("label").reset_index(name="cells"),
            {"ratio": ratio},
        )
    ]


def groups_per_class(case: Case) -> list[Finding]:
    """CELL031: a class that comes from few patients, slides or fields."""
    if case.table.labels is None or case.table.groups is None:
        return []
    frame = case.table.frame
    counts = frame.groupby("label")["group"].nunique().sort_values()
    few = counts[counts < FEW_GROUPS]
    if len(few) == 0:
        return []
    return [
        Finding(
            "CELL031",
            Severity.WARNING,
            "Few groups in a class",
            f"{len(few)} classes come from fewer than {FEW_GROUPS} groups; {few.index[0]} from "
            f"{int(few.iloc[0])}. What a model learns of them may be those groups.",
            "Collect the class from more patients or slides; split by group.",
            few.rename_axis("label").reset_index(name="groups"),
            {"classes": len(few)},
        )
    ]


def missing_from_split(case: Case) -> list[Finding]:
    """CELL032: a class or the second batch that a part of a split lacks."""
    rows = [
        {"split": split, **missing} for split in case.splits for missing in _missing(case, split)
    ]
    if not rows:
        return []
    evidence = pd.DataFrame(rows)
    classes = int((evidence["what"] == "class").sum())
    return [
        Finding(
            "CELL032",
            Severity.SERIOUS if classes else Severity.WARNING,
            "Missing from a part of a split",
            f"{len(rows)} times a class or batch does not stand in a part of a split; first: "
            f"{rows[0]['what']} {rows[0]['name']!r} not in {rows[0]['part']!r} of "
            f"{rows[0]['split']!r}.",
            "Split again, class by class (`hemoscope split`).",
            evidence,
            {"classes": classes, "batches": len(rows) - classes},
        )
    ]


def _missing(case: Case, split: str) -> list[dict[str, str]]:
    parts = case.table.frame[split].astype(str)
    named = [part for part in sorted(parts.unique()) if part not in LEFT_OUT]
    if len(named) < 2:
        return []
    kinds: dict[str, np.ndarray] = {}
    if case.table.labels is not None:
        kinds["class"] = case.table.labels
    if case.batches.second.any():
        batch = np.full(len(case.table), "", dtype=object)
        batch[case.examination.rows[case.batches.second]] = "second batch"
        kinds["batch"] = batch
    return [
        {"what": what, "name": str(name), "part": part}
        for what, values in kinds.items()
        for name in sorted({value for value in values if value != ""})
        for part in named
        if not ((values == name) & (parts == part).to_numpy()).any()
    ]
