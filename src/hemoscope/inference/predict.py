"""A table of cells and a scorer → `Predictions`."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

import numpy as np
from numpy.typing import NDArray

import hemoscope
from hemoscope.cells import CellFailure, CellTable, read_cells
from hemoscope.errors import HemoscopeError
from hemoscope.inference.scorer import Scorer
from hemoscope.inference.tasks import (
    CLASS,
    AnswersTasks,
    Task,
    check_task_labels,
    labelled_predictions,
)
from hemoscope.predictions import Predictions

BATCH = 32


class PredictError(HemoscopeError):
    """Cells that this model cannot be asked about."""


@dataclass(frozen=True)
class PredictionRun:
    """What came of a table: opinions on the readable cells, causes for the others.

    `tasks` has a table for each further task of the model.
    """

    predictions: Predictions
    failures: tuple[CellFailure, ...]
    tasks: Mapping[str, Predictions] = field(default_factory=dict)


def predict_cells(
    table: CellTable,
    scorer: Scorer,
    *,
    batch: int = BATCH,
    progress: Callable[[int, int], None] | None = None,
) -> PredictionRun:
    """Scores every cell of a table; decoding goes on in threads while the model works.

    Args:
        table: Cells, with labels or without.
        scorer: The model.
        batch: Images at once.
        progress: Called with (cells done, cells in all).

    Raises:
        PredictError: A label is none of the model's classes, or no cell at all is readable.
    """
    _check_labels(table, scorer)
    if isinstance(scorer, AnswersTasks):
        check_task_labels(table, scorer.tasks)
    rows: list[NDArray[np.intp]] = []
    logits: list[Mapping[str, NDArray[np.float32]]] = []
    failures: list[CellFailure] = []
    done = 0
    for cells in read_cells(table, scorer.frame, batch=batch):
        failures.extend(cells.failures)
        if len(cells.rows):
            rows.append(cells.rows)
            logits.append(_answers(scorer, cells.pixels))
        done += len(cells.rows) + len(cells.failures)
        if progress:
            progress(done, len(table))
    if not rows:
        first = failures[0]
        raise PredictError(
            f"none of the {len(table)} images can be read; the first, {first.path}: {first.cause}."
        )
    heads = {head: np.concatenate([part[head] for part in logits]) for head in logits[0]}
    return _run(table.take(np.concatenate(rows)), heads, scorer, tuple(failures))


def _answers(scorer: Scorer, pixels: NDArray[np.uint8]) -> Mapping[str, NDArray[np.float32]]:
    """Head name to logits: a pass that serves every head, or the class alone."""
    if isinstance(scorer, AnswersTasks) and scorer.tasks:
        return scorer.answer(pixels)
    return {CLASS: scorer.score(pixels)}


def _check_labels(table: CellTable, scorer: Scorer) -> None:
    unknown = sorted(set(table.classes) - set(scorer.classes))
    if unknown:
        raise PredictError(
            f"the cells have labels that the model does not know: {', '.join(unknown)}. It knows "
            f"{', '.join(scorer.classes)}. Rename them, or leave those cells out of SOURCE."
        )


def _run(
    cells: CellTable,
    heads: Mapping[str, NDArray[np.float32]],
    scorer: Scorer,
    failures: tuple[CellFailure, ...],
) -> PredictionRun:
    provenance: dict[str, Any] = {
        "hemoscope": hemoscope.__version__,
        "cells": {"root": str(cells.root), "fingerprint": cells.fingerprint()},
        **scorer.describe(),
    }
    classes = Task("label", scorer.classes)
    predictions = labelled_predictions(cells, classes, heads[CLASS], provenance)
    tasks = scorer.tasks if isinstance(scorer, AnswersTasks) else {}
    tables = {
        name: labelled_predictions(cells, task, heads[name], {**provenance, "task": name})
        for name, task in tasks.items()
    }
    return PredictionRun(predictions, failures, tables)
