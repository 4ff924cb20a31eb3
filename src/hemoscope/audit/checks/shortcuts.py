"""CELL020 and CELL021: what gives the class away without a look at the cell."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray
from sklearn.model_selection import StratifiedGroupKFold, cross_val_predict
from sklearn.tree import DecisionTreeClassifier

from hemoscope.audit.batches import Batches, made_how
from hemoscope.audit.case import Case
from hemoscope.audit.finding import Finding, Severity

FOLDS = 5
DEPTH = 6
LEAF = 10
NOTEWORTHY = 0.03  # accuracy above the majority share
ALARMING = 0.25
Z = 3.0  # standard errors that the gain must exceed


def shortcuts(case: Case) -> list[Finding]:
    """CELL020: the class can be guessed from what should not tell it.

    A shallow decision tree guesses the class from each kind of evidence alone, cross-validated
    with groups kept together, and is compared with always naming the largest class. Background
    and border are judged by what stands there: a white cell that reaches the border counts too,
    so these two are warnings only. Too few cells or groups for cross-validation tell nothing.
    """
    labels = case.labels
    if labels is None or pd.Series(labels).value_counts().head(2).min() < FOLDS:
        return []
    if len(np.unique(case.groups.of_row[case.examination.rows])) < FOLDS:
        return []
    majority = float(pd.Series(labels).value_counts(normalize=True).max())
    rows = [
        {"evidence": name, **_guess(values, labels, case), "majority": majority}
        for name, values in evidence_of(case).items()
    ]
    table = pd.DataFrame(rows)
    table["gain"] = table["accuracy"] - majority
    telling = table[table["gain"] > least_gain(majority, len(labels))].reset_index(drop=True)
    if len(telling) == 0:
        return []
    best = telling.sort_values("gain").iloc[-1]
    alarming = bool(telling["gain"].max() > ALARMING)
    return [
        Finding(
            "CELL020",
            Severity.SERIOUS if alarming else Severity.WARNING,
            "Shortcuts",
            f"The class can be guessed from the {best['evidence']} alone in "
            f"{best['accuracy']:.1%} of the cells, where the largest class has {majority:.1%}.",
            "Re-encode all files alike, normalise colour, and test on cells of another source.",
            table.sort_values("gain", ascending=False, ignore_index=True),
            {row["evidence"]: row["accuracy"] for row in rows} | {"majority": majority},
        )
    ]


def least_gain(majority: float, cells: int) -> float:
    """The accuracy above the majority share that a guess must exceed to count, in [0, 1].

    Args:
        majority: The share of the largest class, in [0, 1].
        cells: How many were guessed.
    """
    return max(NOTEWORTHY, Z * float(np.sqrt(majority * (1 - majority) / cells)))


def second_batch(case: Case) -> list[Finding]:
    """CELL021: files that were made otherwise than most: a second acquisition."""
    batches = case.batches
    if not batches.second.any():
        return []
    rows = case.examination.rows[batches.second]
    evidence = case.describe(rows).assign(
        signature=batches.signature[batches.second],
        other_background=batches.other_background[batches.second],
    )
    figures = {
        "files": len(rows),
        "usual": batches.usual,
        "other_background": int(batches.other_background.sum()),
        "signatures": pd.Series(batches.signature[batches.second]).value_counts().to_dict(),
        "background": _background(case, ~batches.second),
        "background_of_batch": _background(case, batches.second),
    }
    mix = ""
    if case.labels is not None:
        counts = pd.Series(case.labels[batches.second]).value_counts()
        figures["classes"] = counts.to_dict()
        absent = sorted(set(case.table.classes) - set(counts.index))
        mix = f" Its classes are {', '.join(f'{name} {n}' for name, n in counts.items())}" + (
            f"; none of {', '.join(absent)}." if absent else "."
        )
    return [
        Finding(
            "CELL021",
            Severity.WARNING,
            "A second batch",
            f"{len(rows)} files differ in {_marks(batches)} from the other "
            f"{int((~batches.second).sum())}: most likely a second acquisition.{mix}",
            "Report results on the batch by itself; make sure that no class comes from it alone.",
            evidence,
            figures,
        )
    ]


def evidence_of(case: Case) -> Mapping[str, NDArray[np.float64]]:
    """(r, features) numbers for each kind of evidence."""
    facts = case.examination.facts
    made = made_how(case.examination)
    coded = {name: pd.factorize(made[name])[0].astype(np.float64) for name in made}
    colours = ("red", "green", "blue")
    return {
        "image size": made["size"].str.split(" x ", expand=True).to_numpy(dtype=np.float64),
        "file size": facts[["bytes"]].to_numpy(dtype=np.float64),
        "file format": coded["format"][:, None],
        "JPEG tables and comments": np.column_stack([coded["tables"], coded["comment"]]),
        "background colour": facts[[f"background_{c}" for c in colours]].to_numpy(np.float64),
        "border pixels": facts[[f"border_{c}" for c in colours]].to_numpy(np.float64),
    }


def _guess(
    values: NDArray[np.float64], labels: NDArray[np.object_], case: Case
) -> dict[str, float]:
    """Cross-validated accuracy and balanced accuracy of a guess."""
    _, truth = np.unique(labels.astype(str), return_inverse=True)
    groups = case.groups.of_row[case.examination.rows]
    tree = DecisionTreeClassifier(max_depth=DEPTH, min_samples_leaf=LEAF, random_state=0)
    folds = StratifiedGroupKFold(FOLDS, shuffle=True, random_state=0)
    # Values that never change cannot tell anything: the tree then names the largest class.
    guessed = np.asarray(cross_val_predict(tree, values, truth, groups=groups, cv=folds))
    right = guessed == truth
    return {
        "accuracy": float(right.mean()),
        "balanced_accuracy": float(pd.Series(right).groupby(truth).mean().mean()),
    }


def _marks(batches: Batches) -> str:
    """What sets the batch apart, in words."""
    made = batches.usual is not None and bool(
        (batches.signature[batches.second] != batches.usual).any()
    )
    marks = [
        *(["size, format or JPEG tables"] if made else []),
        *(["background colour"] if batches.other_background.any() else []),
    ]
    return " and ".join(marks)


def _background(case: Case, chosen: NDArray[np.bool_]) -> list[float]:
    names = [f"background_{colour}" for colour in ("red", "green", "blue")]
    return [round(value, 1) for value in case.examination.facts.loc[chosen, names].mean()]
