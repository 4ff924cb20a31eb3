"""The cells of a pruning: those that it is fine-tuned on, and those that choose."""

from collections.abc import Callable

import numpy as np

from hemoscope.cells import CellFailure, CellTable, PixelCache
from hemoscope.compression.errors import PruningError
from hemoscope.training.cells import TrainingCells, prepare_cells
from hemoscope.training.data import LabelledCells
from hemoscope.training.recipe import Recipe


def pruning_cells(
    table: CellTable,
    recipe: Recipe,
    classes: tuple[str, ...],
    progress: Callable[[int, int], None] | None = None,
) -> tuple[TrainingCells, tuple[CellFailure, ...]]:
    """Both splits, with targets in the order of a model's classes.

    Args:
        table: Labelled, with the split column of the recipe.
        recipe: Says which split is which, and how an image is framed.
        classes: What the model tells apart.
        progress: Called with (cells done, cells in all) while they are decoded.

    Raises:
        TrainingError: No labels, or no training or no validation cells.
        PruningError: Cells have labels that the model does not know, or no training cell shows a
            class that it does know.
    """
    _check_labels(table, classes)
    pixels = PixelCache().open(table, recipe.frame, progress=progress)
    cells = prepare_cells(table, pixels, pixels.readable, recipe)
    missing = sorted(set(classes) - set(cells.classes))
    if missing:
        raise PruningError(
            f"no training cell is {', '.join(missing)}, which the model knows: fine-tuning would "
            "make it forget them. Prune on cells of all its classes."
        )
    order = np.array([classes.index(name) for name in cells.classes])
    train, validation = (_in_order(each, order) for each in (cells.train, cells.validation))
    return TrainingCells(classes, train, validation), pixels.failures


def _in_order(cells: LabelledCells, order: np.ndarray) -> LabelledCells:
    return LabelledCells(cells.pixels, cells.rows, order[cells.targets])


def _check_labels(table: CellTable, classes: tuple[str, ...]) -> None:
    unknown = sorted(set(table.classes) - set(classes))
    if unknown:
        raise PruningError(
            f"the cells have labels that the model does not know: {', '.join(unknown)}. It knows "
            f"{', '.join(classes)}. Rename them, or leave those cells out of CELLS."
        )
