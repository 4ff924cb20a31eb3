"""A split that never tears a patient, slide or field apart."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells.splits.fractions import check_fractions
from hemoscope.cells.table import CellTable, CellTableError


def split_grouped(
    table: CellTable,
    fractions: Mapping[str, float],
    *,
    seed: int,
    groups: str = "group",
    column: str = "split",
) -> CellTable:
    """Divides whole groups, keeping the share of every class as near as the groups allow.

    Greedy, in two rounds. First every part gets one group of every class, the class with the
    fewest groups first and its smallest groups first, so that no part lacks a class. Then the
    other groups, largest first, each go where the sum over classes of (cells - target)² / target
    falls most. Groups of equal size come in an order drawn with the seed.

    Args:
        table: Cells with a column that names their group; without labels only the size of the
            parts is balanced.
        fractions: The parts and their shares, such as {"train": 0.7, "val": 0.1, "test": 0.2}.
        seed: The same seed and the same cells give the same split, in whatever order they stand.
        groups: The column of the groups.
        column: Name of the column to add.

    Raises:
        UsageError: The shares are not positive with a sum of 1, or there is no such column.
        CellTableError: A class has too few groups to stand in every part.
    """
    check_fractions(fractions)
    table.check_column(groups)
    names, group_of = _group_codes(table, groups)
    counts, classes = _counts(table, group_of, len(names))
    _check_enough(counts, classes, len(fractions), groups)
    tie_break = np.random.default_rng(seed).permutation(len(names))
    targets = np.outer(list(fractions.values()), counts.sum(axis=0))
    part_of = _Division(counts, targets, tie_break).divide()
    _check_complete(counts, part_of, list(fractions), classes)
    return table.with_column(column, np.array(list(fractions), dtype=object)[part_of[group_of]])


@dataclass(frozen=True, eq=False)
class _Division:
    """The greedy itself.

    Attributes:
        counts: (groups, classes) cells.
        targets: (parts, classes) cells that each part should get.
        tie_break: (groups,) a permutation.
    """

    counts: NDArray[np.intp]
    targets: NDArray[np.float64]
    tie_break: NDArray[np.intp]

    def divide(self) -> NDArray[np.intp]:
        """(groups,) the part of each group."""
        part_of = np.full(len(self.counts), -1, dtype=np.intp)
        self._cover(part_of)
        filled = np.stack([self.counts[part_of == i].sum(axis=0) for i in range(len(self.targets))])
        largest_first = np.lexsort((self.tie_break, -self.counts.sum(axis=1)))
        for group in largest_first[part_of[largest_first] < 0]:
            part_of[group] = self._best_part(filled, group)
            filled[part_of[group]] += self.counts[group]
        return part_of

    def _cover(self, part_of: NDArray[np.intp]) -> None:
        """The first round: writes the part of the groups that it places."""
        rarest_first = np.argsort((self.counts > 0).sum(axis=0), kind="stable")
        smallest_first = np.lexsort((self.tie_break, self.counts.sum(axis=1)))
        for kind in rarest_first:
            having = smallest_first[self.counts[smallest_first, kind] > 0]
            for part in np.argsort(self.targets[:, kind], kind="stable"):
                free = having[part_of[having] < 0]
                if len(free) and part not in part_of[having]:
                    part_of[free[0]] = part

    def _best_part(self, filled: NDArray[np.intp], group: int) -> int:
        before = (filled - self.targets) ** 2
        after = (filled + self.counts[group] - self.targets) ** 2
        return int(((after - before) / self.targets).sum(axis=1).argmin())


def _group_codes(table: CellTable, column: str) -> tuple[NDArray[np.object_], NDArray[np.intp]]:
    values = table.answers(column)  # without blanks around: "p1 " is the patient "p1"
    blank = values == ""
    if blank.any():
        raise CellTableError(
            f"{int(blank.sum())} cells have no {column!r}, the first is "
            f"{table.paths[blank.argmax()]}. Fill it in, or remove those cells."
        )
    names, codes = np.unique(values, return_inverse=True)
    return names, codes


def _counts(
    table: CellTable, group_of: NDArray[np.intp], groups: int
) -> tuple[NDArray[np.intp], tuple[str, ...]]:
    """(groups, classes) cells; a table without labels counts as one class."""
    if table.labels is None:
        classes, class_of = ("cell",), np.zeros(len(table), dtype=np.intp)
    else:
        classes = table.classes
        class_of = np.searchsorted(np.array(classes, dtype=object), table.labels)
    counts = np.zeros((groups, len(classes)), dtype=np.intp)
    np.add.at(counts, (group_of, class_of), 1)
    return counts, classes


def _check_enough(
    counts: NDArray[np.intp], classes: tuple[str, ...], parts: int, column: str
) -> None:
    for name, having in zip(classes, (counts > 0).sum(axis=0), strict=True):
        if having < parts:
            raise CellTableError(
                f"class {name!r} comes from {having} group{'s' if having > 1 else ''} of "
                f"{column!r} only; {parts} parts need at least {parts}. Make fewer parts, or leave "
                "that class out."
            )


def _check_complete(
    counts: NDArray[np.intp],
    part_of: NDArray[np.intp],
    parts: list[str],
    classes: tuple[str, ...],
) -> None:
    for index, part in enumerate(parts):
        for name, cells in zip(classes, counts[part_of == index].sum(axis=0), strict=True):
            if cells == 0:
                raise CellTableError(
                    f"no cell of class {name!r} came into {part!r}: too few groups hold it. Try "
                    "another seed, or make fewer parts."
                )
