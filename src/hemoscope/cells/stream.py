"""Cells as a stream of batches, decoded on threads."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells.decode import UnreadableImageError
from hemoscope.cells.framing import Frame, FramePair
from hemoscope.cells.parallel import default_workers, map_in_order
from hemoscope.cells.reading import CellFailure, read_content
from hemoscope.cells.table import CellTable


@dataclass(frozen=True, eq=False)
class CellBatch:
    """Some cells of a table, in its order.

    Attributes:
        rows: (n,) rows that were readable, increasing.
        pixels: (n, size, size, 3) RGB in 0 … 255, one for each of `rows`; of a pair of frames
            (n, 2 · size, size, 3).
        failures: The others of this stretch of the table.
    """

    rows: NDArray[np.intp]
    pixels: NDArray[np.uint8]
    failures: tuple[CellFailure, ...]


def read_cells(
    table: CellTable,
    frame: Frame | FramePair | int,
    *,
    batch: int = 64,
    workers: int | None = None,
) -> Iterator[CellBatch]:
    """Decodes a table from first row to last, a stretch of `batch` rows at a time.

    An unreadable cell is reported in its batch and stops nothing. At most `workers` + 2 batches
    are held in memory.

    Args:
        table: The cells.
        frame: What is seen of each image; a number is the side in pixels to which the whole
            image is brought.
        batch: Rows to a stretch; a batch has fewer cells where some are unreadable.
        workers: Threads; by default one for each processor.
    """
    seen = Frame(frame) if isinstance(frame, int) else frame
    return map_in_order(
        lambda rows: read_stretch(table, rows, seen),
        stretches(table, batch),
        workers or default_workers(),
    )


def stretches(table: CellTable, batch: int) -> Iterator[range]:
    """The rows of a table, `batch` at a time."""
    return (range(i, min(i + batch, len(table))) for i in range(0, len(table), batch))


def read_stretch(table: CellTable, rows: range, frame: Frame | FramePair) -> CellBatch:
    """Decodes some rows of a table."""
    pixels = np.empty((len(rows), *frame.shape), dtype=np.uint8)
    readable: list[int] = []
    failures: list[CellFailure] = []
    for row in rows:
        try:
            pixels[len(readable)] = read_content(table, row).pixels(frame)
        except UnreadableImageError as error:
            failures.append(CellFailure(row, str(table.paths[row]), error.cause))
        else:
            readable.append(row)
    return CellBatch(np.array(readable, dtype=np.intp), pixels[: len(readable)], tuple(failures))
