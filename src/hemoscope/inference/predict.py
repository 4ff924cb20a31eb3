"""A table of cells and a scorer → `Predictions`."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any, NamedTuple

import numpy as np
from numpy.typing import NDArray

import hemoscope
from hemoscope.cells import CellBatch, CellFailure, CellTable
from hemoscope.cells.stream import read_stretch, stretches
from hemoscope.errors import HemoscopeError
from hemoscope.features import Features
from hemoscope.inference.looking import look_in_order
from hemoscope.inference.scorer import Scorer
from hemoscope.inference.tasks import (
    CLASS,
    Answers,
    Task,
    answers_of,
    check_task_labels,
    labelled_predictions,
    tasks_of,
)
from hemoscope.predictions import Predictions

BATCH = 32


class PredictError(HemoscopeError):
    """Cells that this model cannot be asked about."""


@dataclass(frozen=True)
class PredictionRun:
    """What came of a table: opinions on the readable cells, causes for the others.

    Attributes:
        predictions: Of the readable cells.
        failures: The others, and why.
        features: Of the readable cells, where they were asked for.
        tasks: A table for each further task of the model.
    """

    predictions: Predictions
    failures: tuple[CellFailure, ...]
    features: Features | None = None
    tasks: Mapping[str, Predictions] = field(default_factory=dict)


class _Seen(NamedTuple):
    """Of some cells: head name to logits (n, answers), and features (n, F) if asked for."""

    answers: Answers
    features: NDArray[np.float32] | None = None


def predict_cells(
    table: CellTable,
    scorer: Scorer,
    *,
    batch: int = BATCH,
    features: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> PredictionRun:
    """Scores every cell of a table, which is decoded in threads (`look_in_order`).

    Args:
        table: Cells, with labels or without.
        scorer: The model.
        batch: Images at once.
        features: Keep the features as well, which takes a little longer.
        progress: Called with (cells done, cells in all).

    Raises:
        PredictError: A label is none of the model's classes, or no cell at all is readable.
    """
    _check_labels(table, scorer)
    check_task_labels(table, tasks_of(scorer))
    rows: list[NDArray[np.intp]] = []
    seen: list[_Seen] = []
    failures: list[CellFailure] = []
    done = 0
    frame = scorer.frame
    batches = look_in_order(
        scorer,
        stretches(table, batch),
        lambda stretch: read_stretch(table, stretch, frame),
        lambda cells: _look(scorer, cells, features=features),
    )
    for cells, found in batches:
        failures.extend(cells.failures)
        if found is not None:
            rows.append(cells.rows)
            seen.append(found)
        done += len(cells.rows) + len(cells.failures)
        if progress:
            progress(done, len(table))
    if not rows:
        first = failures[0]
        raise PredictError(
            f"none of the {len(table)} images can be read; the first, {first.path}: {first.cause}."
        )
    read = table.take(np.concatenate(rows))
    return _run(read, _joined(seen), scorer, tuple(failures))


def _look(scorer: Scorer, cells: CellBatch, *, features: bool) -> _Seen | None:
    """What is asked for, in one pass and no dearer than it has to be; None of no cells."""
    if not len(cells.rows):
        return None
    if features:
        seen = scorer.observe(cells.pixels)
        return _Seen({CLASS: seen.logits, **seen.tasks}, seen.features)
    return _Seen(answers_of(scorer, cells.pixels))


def _joined(batches: Sequence[_Seen]) -> _Seen:
    features = [each.features for each in batches if each.features is not None]
    return _Seen(
        {head: np.concatenate([b.answers[head] for b in batches]) for head in batches[0].answers},
        np.concatenate(features) if features else None,
    )


def _check_labels(table: CellTable, scorer: Scorer) -> None:
    unknown = sorted(set(table.classes) - set(scorer.classes))
    if unknown:
        raise PredictError(
            f"the cells have labels that the model does not know: {', '.join(unknown)}. It knows "
            f"{', '.join(scorer.classes)}. Rename them, or leave those cells out of SOURCE."
        )


def _run(
    cells: CellTable,
    seen: _Seen,
    scorer: Scorer,
    failures: tuple[CellFailure, ...],
) -> PredictionRun:
    provenance: dict[str, Any] = {
        "hemoscope": hemoscope.__version__,
        "cells": {"root": str(cells.root), "fingerprint": cells.fingerprint()},
        **scorer.describe(),
    }
    classes = Task("label", scorer.classes)
    predictions = labelled_predictions(cells, classes, seen.answers[CLASS], provenance)
    tables = {
        name: labelled_predictions(cells, task, seen.answers[name], {**provenance, "task": name})
        for name, task in tasks_of(scorer).items()
    }
    # Of every cell: a task's table, or that of the class, may leave out cells without a label.
    features = None
    if seen.features is not None:
        features = Features(cells.paths, seen.features, provenance)
    return PredictionRun(predictions, failures, features, tables)
