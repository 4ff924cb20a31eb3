"""Brings several predictions tables to the same cells in the same order, or refuses."""

from collections.abc import Mapping

import numpy as np
import pandas as pd
from numpy.typing import NDArray

from hemoscope.evaluation.errors import EvaluationError
from hemoscope.predictions import Predictions

NAMED_ROWS = 5


def align(tables: Mapping[str, Predictions]) -> dict[str, Predictions]:
    """The tables with rows in the order of the first one's paths and its order of classes.

    Args:
        tables: Model name to labelled table; two at least.

    Raises:
        PredictionsError: A table has no labels.
        EvaluationError: Fewer than two tables; or cells, classes, labels or groups differ; names
            the rows that do.
    """
    if len(tables) < 2:
        raise EvaluationError(
            f"{len(tables)} predictions table was given; a comparison needs two at least."
        )
    for table in tables.values():
        table.truth()
    (first, reference), *others = tables.items()
    aligned = {first: reference} | {
        name: _aligned(first, reference, name, table) for name, table in others
    }
    _check_groups(aligned)
    return aligned


def _check_groups(tables: Mapping[str, Predictions]) -> None:
    """All that have groups have those of the first that has any."""
    grouped = {name: table for name, table in tables.items() if table.groups is not None}
    for name, table in grouped.items():
        first, reference = next(iter(grouped.items()))
        _check_column("group", first, reference.groups, name, table.groups, table.paths)


def _aligned(first: str, reference: Predictions, name: str, table: Predictions) -> Predictions:
    _check_classes(first, reference, name, table)
    _check_cells(first, reference, name, table)
    rows = pd.Index(table.paths).get_indexer(pd.Index(reference.paths))
    moved = _with_classes(table.take(rows), reference.classes)
    _check_column("label", first, reference.labels, name, moved.labels, reference.paths)
    return moved


def _with_classes(table: Predictions, classes: tuple[str, ...]) -> Predictions:
    if table.classes == classes:
        return table
    columns = [table.classes.index(name) for name in classes]
    return Predictions(
        paths=table.paths,
        classes=classes,
        probabilities=table.probabilities[:, columns],
        logits=None if table.logits is None else table.logits[:, columns],
        labels=table.labels,
        groups=table.groups,
        provenance=table.provenance,
    )


def _check_classes(first: str, reference: Predictions, name: str, table: Predictions) -> None:
    if set(reference.classes) != set(table.classes):
        raise EvaluationError(
            f"{first} and {name} know different classes: "
            f"{', '.join(sorted(set(reference.classes) ^ set(table.classes)))} stands in one of "
            "them only. Compare models that were trained on the same classes."
        )


def _check_cells(first: str, reference: Predictions, name: str, table: Predictions) -> None:
    here, there = set(reference.paths), set(table.paths)
    if here == there:
        return
    sides = [
        f"{len(extra)} only in {owner} ({_some(sorted(extra))})"
        for owner, extra in ((first, here - there), (name, there - here))
        if extra
    ]
    raise EvaluationError(
        f"{first} and {name} are about different cells: {'; '.join(sides)}. "
        "Predict the same cells with both models."
    )


def _check_column(
    what: str,
    first: str,
    here: NDArray[np.object_] | None,
    name: str,
    there: NDArray[np.object_] | None,
    paths: NDArray[np.object_],
) -> None:
    if here is None or there is None:
        return
    differs = np.flatnonzero(here != there)
    if len(differs):
        rows = [f"{paths[i]}: {here[i]} / {there[i]}" for i in differs[: NAMED_ROWS + 1]]
        raise EvaluationError(
            f"{first} and {name} give {len(differs)} cells different {what}s "
            f"({_some(rows, len(differs))}). Correct the {what}s so that they agree."
        )


def _some(names: list[str], count: int | None = None) -> str:
    shown = ", ".join(map(str, names[:NAMED_ROWS]))
    return shown + (", …" if (count or len(names)) > NAMED_ROWS else "")
