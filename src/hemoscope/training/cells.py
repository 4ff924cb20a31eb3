"""The cells of a run, sorted into those to learn from and those to choose the epoch by."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np

from hemoscope.cells import CellTable
from hemoscope.models.heads_config import HeadConfig
from hemoscope.training.data import LabelledCells, Pixels
from hemoscope.training.errors import TrainingError
from hemoscope.training.recipe import Recipe
from hemoscope.training.tasks import class_targets, prepare_tasks


@dataclass(frozen=True)
class TrainingCells:
    """The cells of a run, ready in memory: classes, and both splits with pixels and targets.

    `heads` says what is learned beside the class.
    """

    classes: tuple[str, ...]
    train: LabelledCells
    validation: LabelledCells
    heads: Mapping[str, HeadConfig] = field(default_factory=dict)


def prepare_cells(
    table: CellTable, pixels: Pixels, readable: np.ndarray, recipe: Recipe
) -> TrainingCells:
    """Sorts the readable cells into training and validation.

    Args:
        table: Cells with labels and the recipe's split column.
        pixels: Their pixels, by row of `table`.
        readable: Row numbers that could be decoded.
        recipe: Says which split is which.

    Raises:
        TrainingError: No labels, an empty split, one class only, or a class that is validated
            but never trained on.
    """
    labels = table.labels
    if labels is None:
        raise TrainingError("these cells have no labels. Train on class folders or a manifest.")
    data = recipe.data
    wanted = {
        value: np.intersect1d(np.flatnonzero(_split(table, data.split_column) == value), readable)
        for value in (data.train, data.validation)
    }
    for value, rows in wanted.items():
        if len(rows) == 0:
            raise TrainingError(
                f"no readable cell has {value!r} in column {data.split_column!r}. Make a split "
                "with `hemoscope split`, or name the values in the recipe (data.train, …)."
            )
    classes: tuple[str, ...] = tuple(sorted(set(labels[wanted[data.train]]) - {""}))
    if len(classes) < 2:
        raise TrainingError(
            f"the training cells are all {''.join(classes)}; at least two classes are needed."
        )
    unseen = sorted(set(labels[wanted[data.validation]]) - set(classes) - {""})
    if unseen:
        raise TrainingError(
            f"no training cell is {', '.join(unseen)}, but validation cells are. Split again "
            "(`hemoscope split`), so that every class stands in training."
        )
    learned, chosen = wanted[data.train], wanted[data.validation]
    if not (labels[chosen] != "").any():
        raise TrainingError(
            "no validation cell has a label, and the accuracy of the class chooses the epoch. Name "
            "the class of some of them, or split again (`hemoscope split`)."
        )
    tasks = prepare_tasks(table, recipe.tasks, classes, (learned, chosen))
    train, validation = (
        LabelledCells(pixels, rows, class_targets(labels[rows], classes), targets)
        for rows, targets in ((learned, tasks.train), (chosen, tasks.validation))
    )
    return TrainingCells(classes, train, validation, tasks.heads)


def _split(table: CellTable, column: str) -> np.ndarray:
    if column not in table.frame:
        raise TrainingError(
            f"the cells have no column {column!r} that says what to train on. Write one with "
            "`hemoscope split`, or name another by --split-column."
        )
    return table.frame[column].astype(str).to_numpy()
