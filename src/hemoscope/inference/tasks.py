"""What a model says beside the class: each further task as a predictions table of its own."""

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells import CellTable
from hemoscope.errors import HemoscopeError
from hemoscope.inference.scorer import Scorer
from hemoscope.predictions import Predictions

CLASS = "class"

Answers = Mapping[str, NDArray[np.float32]]
"""Head name, `CLASS` among them, to (n, answers) logits."""


class TaskLabelError(HemoscopeError):
    """A column holds an answer that the model has never heard of."""


@dataclass(frozen=True)
class Task:
    """A further question that a model answers.

    Attributes:
        column: The column of a manifest that holds the true answers.
        answers: In the order of the logits.
    """

    column: str
    answers: tuple[str, ...]


@runtime_checkable
class AnswersTasks(Protocol):
    """A scorer with further heads."""

    @property
    def tasks(self) -> Mapping[str, Task]:
        """Task name to what it answers."""
        ...

    def answer(self, pixels: NDArray[np.uint8]) -> Answers:
        """(n, size, size, 3) uint8 RGB → "class" and task names to (n, answers) logits."""
        ...


def tasks_of(scorer: Scorer) -> Mapping[str, Task]:
    """What a scorer answers beside the class; empty for one that knows no tasks."""
    return scorer.tasks if isinstance(scorer, AnswersTasks) else {}


def answers_of(scorer: Scorer, pixels: NDArray[np.uint8]) -> Answers:
    """(n, size, size, 3) uint8 RGB → what every head of a scorer says, in one pass."""
    if isinstance(scorer, AnswersTasks) and scorer.tasks:
        return scorer.answer(pixels)
    return {CLASS: scorer.score(pixels)}


def check_task_labels(cells: CellTable, tasks: Mapping[str, Task]) -> None:
    """Makes sure that the answers in the cells' columns are ones that the model knows.

    Raises:
        TaskLabelError: One is not.
    """
    for name, task in tasks.items():
        if task.column in cells.frame:
            _check(name, task, cells.answers(task.column))


def labelled_predictions(
    cells: CellTable, task: Task, logits: NDArray[np.float32], provenance: Mapping[str, Any]
) -> Predictions:
    """One head's opinions on cells.

    Where the cells have the column, its answers are the labels; cells whose answer is blank are
    left out then, so that the table can be evaluated.

    Args:
        cells: The cells that were scored.
        task: Column and answers.
        logits: (n, answers).
        provenance: Of the table.

    Raises:
        PredictionsError: The column holds an answer that the model does not know.
    """
    labels = cells.answers(task.column) if task.column in cells.frame else None
    known = np.ones(len(cells), dtype=bool) if labels is None else labels != ""
    if labels is None or not known.any():  # nobody has answered: all cells, without labels
        labels, known = None, np.ones(len(cells), dtype=bool)
    return Predictions.from_logits(
        cells.paths[known].tolist(),
        task.answers,
        logits[known],
        labels=None if labels is None else labels[known].tolist(),
        groups=None if cells.groups is None else cells.groups[known].tolist(),
        provenance=provenance,
    )


def task_file(table: Path, task: str) -> Path:
    """Where the predictions of a task lie: NAME.TASK.parquet beside NAME.parquet."""
    return table.with_name(f"{table.stem}.{task}{table.suffix}")


def _check(name: str, task: Task, labels: NDArray[np.object_]) -> None:
    unknown = sorted(set(labels) - set(task.answers) - {""})
    if unknown:
        raise TaskLabelError(
            f"column {task.column!r} holds {', '.join(unknown)}, which the model's task {name} "
            f"does not know; it knows {', '.join(task.answers)}. Mend the column, or empty those "
            "cells."
        )
