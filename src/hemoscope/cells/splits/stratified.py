"""A random split that keeps the share of every class."""

from collections.abc import Mapping

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells.splits.fractions import check_fractions
from hemoscope.cells.splits.labels import labels_of
from hemoscope.cells.table import CellTable, CellTableError


def split_stratified(
    table: CellTable, fractions: Mapping[str, float], *, seed: int, column: str = "split"
) -> CellTable:
    """Divides every class at random by the same shares.

    Each part of each class has the share's number of cells to within one, and at least one.
    Cells of one patient or slide may come apart; where groups are known use `split_grouped`.

    Args:
        table: Labelled cells.
        fractions: The parts and their shares, such as {"train": 0.7, "val": 0.1, "test": 0.2}.
        seed: The same seed and the same cells give the same split, in whatever order they stand.
        column: Name of the column to add.

    Raises:
        UsageError: The shares are not positive with a sum of 1.
        CellTableError: There are no labels, or a class has fewer cells than there are parts.
    """
    check_fractions(fractions)
    labels = labels_of(table)
    _check_enough(labels, len(fractions))
    generator = np.random.default_rng(seed)
    values = np.empty(len(table), dtype=object)
    for label in table.classes:
        rows = np.flatnonzero(labels == label)
        rows = rows[np.argsort(table.paths[rows])]
        counts = part_sizes(len(rows), np.array(list(fractions.values())))
        values[generator.permutation(rows)] = np.repeat(list(fractions), counts)
    return table.with_column(column, values)


def part_sizes(count: int, shares: NDArray[np.float64]) -> NDArray[np.intp]:
    """Whole numbers with the sum `count` in proportion to shares (largest remainders), none 0.

    Args:
        count: At least as many as there are shares.
        shares: Positive, with a sum of 1.
    """
    exact = count * shares
    sizes = np.floor(exact + 1e-9).astype(np.intp)
    by_remainder = np.argsort(-(exact - sizes), kind="stable")
    sizes[by_remainder[: count - sizes.sum()]] += 1
    for empty in np.flatnonzero(sizes == 0):
        sizes[sizes.argmax()] -= 1
        sizes[empty] = 1
    return sizes


def _check_enough(labels: NDArray[np.object_], parts: int) -> None:
    names, counts = np.unique(labels.astype(str), return_counts=True)
    for name, count in zip(names.tolist(), counts.tolist(), strict=True):
        if count < parts:
            raise CellTableError(
                f"class {name!r} has {count} cell{'s' if count > 1 else ''}; {parts} parts need at "
                f"least {parts}. Add cells of that class, or leave it out."
            )
