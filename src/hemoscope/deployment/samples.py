"""Cells with a name for them, for the checks of an export."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells import CellTable, Frame, FramePair, read_cells
from hemoscope.errors import HemoscopeError


@dataclass(frozen=True)
class NamedCells:
    """Cells, and which ones they are, in words."""

    name: str
    table: CellTable

    def spread(self, count: int) -> "NamedCells":
        """At most `count` of them, spread evenly over the table from first row to last."""
        rows = np.linspace(0, len(self.table) - 1, min(count, len(self.table))).round()
        return NamedCells(self.name, self.table.take(rows.astype(np.intp)))


@dataclass(frozen=True, eq=False)
class Pixels:
    """Some cells as a model takes them: (n, *frame.shape) uint8 RGB, and n paths."""

    pixels: NDArray[np.uint8]
    paths: NDArray[np.object_]

    def __len__(self) -> int:
        return len(self.paths)


def read_pixels(cells: NamedCells, frame: Frame | FramePair) -> Pixels:
    """The readable ones of some cells, all in memory at once.

    Raises:
        HemoscopeError: Not one of them is readable.
    """
    batches = [batch for batch in read_cells(cells.table, frame) if len(batch.rows)]
    if not batches:
        raise HemoscopeError(f"none of the {len(cells.table)} cells of {cells.name} is readable.")
    return Pixels(
        np.concatenate([batch.pixels for batch in batches]),
        cells.table.paths[np.concatenate([batch.rows for batch in batches])],
    )
