"""`CachedPixels`: what an opened cache gives out."""

from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hemoscope.cells.decode import UnreadableImageError
from hemoscope.cells.reading import CellFailure


@dataclass(frozen=True, eq=False)
class CachedPixels:
    """The pixels of a table, memory-mapped. Cheap to hand to another process.

    Attributes:
        file: Where the pixels lie.
        size: Side of a picture.
        slots: (n,) the place of each row of the table in the file; -1 for an unreadable cell.
        failures: The unreadable cells.
    """

    file: Path
    size: int
    slots: NDArray[np.int64]
    failures: tuple[CellFailure, ...]

    def __len__(self) -> int:
        return len(self.slots)

    @property
    def readable(self) -> NDArray[np.intp]:
        """The rows of the table that have pixels, increasing."""
        return np.flatnonzero(self.slots >= 0)

    def batch(self, rows: ArrayLike) -> NDArray[np.uint8]:
        """(n, size, size, 3) RGB in 0 … 255, of the given rows in that order.

        Raises:
            UnreadableImageError: One of the rows is not in `readable`.
        """
        slots = self.slots[np.asarray(rows, dtype=np.intp)]
        if (slots < 0).any():
            row = int(np.asarray(rows)[slots < 0][0])
            failure = next(failure for failure in self.failures if failure.row == row)
            raise UnreadableImageError(failure.cause, failure.path)
        return self._pixels[slots]

    @cached_property
    def _pixels(self) -> NDArray[np.uint8]:
        shape = (int(self.slots.max(initial=-1)) + 1, self.size, self.size, 3)
        if shape[0] == 0:
            return np.empty(shape, dtype=np.uint8)
        return np.memmap(self.file, dtype=np.uint8, mode="r", shape=shape)

    def __getstate__(self) -> dict[str, Any]:
        """Leaves the map behind: pickled, it would turn into a copy of the pixels."""
        return {name: value for name, value in self.__dict__.items() if name != "_pixels"}
