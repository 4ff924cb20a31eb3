"""Decoding what the cache does not have yet."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells.cache.cache_error import LostPixelsError
from hemoscope.cells.cache.cached_pixels import CachedPixels
from hemoscope.cells.cache.file_state import FileState
from hemoscope.cells.cache.index import CacheIndex
from hemoscope.cells.cache.pixel_file import PixelFile
from hemoscope.cells.decode import UnreadableImageError
from hemoscope.cells.framing import Frame
from hemoscope.cells.parallel import Progress, map_in_order
from hemoscope.cells.reading import CellFailure, read_content
from hemoscope.cells.table import CellTable

STRETCH_BYTES = 2**25  # decoded by one thread and written in one transaction


@dataclass(frozen=True, eq=False)
class _Decoded:
    """What one thread found out about some rows.

    Attributes:
        rows: All rows of the stretch that were read.
        digests: The content of each.
        states: What the file system said of each before it was read; None for an array.
        pixels: By digest, of contents that the cache did not have.
        failures: The rows of the stretch that are unreadable.
    """

    rows: list[int]
    digests: list[bytes]
    states: list[FileState | None]
    pixels: dict[bytes, NDArray[np.uint8]]
    failures: list[CellFailure]


@dataclass(frozen=True, eq=False)
class Filling:
    """Fills the cache with what a table needs.

    Attributes:
        table: The cells.
        index: Of the cache.
        frame: What is kept of each image.
        pixel_file: Of the size that is wanted.
        name: Of the pixels that it held to begin with, as `CacheIndex.name` gives it.
        contents: What it held then.
    """

    table: CellTable
    frame: Frame
    index: CacheIndex
    pixel_file: PixelFile
    name: str
    contents: frozenset[bytes]

    def run(self, progress: Progress, workers: int) -> CachedPixels:
        """Decodes on `workers` threads what is missing, writes it, and gives the whole table."""
        size, total = self.pixel_file.size, len(self.table)
        slots = self._known_slots()
        missing = np.flatnonzero(slots < 0)
        done = total - len(missing)
        progress(done, total)
        failures: list[CellFailure] = []
        for decoded in map_in_order(self._decode, self._stretches(missing), workers):
            slots[decoded.rows] = self._store(decoded)
            failures.extend(decoded.failures)
            done += len(decoded.rows) + len(decoded.failures)
            progress(done, total)
        return CachedPixels(self.pixel_file.path, size, slots, tuple(failures))

    def _known_slots(self) -> NDArray[np.int64]:
        """(n,) slots of the cells that need not be read, -1 for the others."""
        states = [_state(self.table, row) for row in range(len(self.table))]
        digests = self.index.digests(state for state in states if state)
        known = self.index.slots(self.pixel_file.size, digests.values())
        found = (known.get(digests.get(state, b""), -1) if state else -1 for state in states)
        return np.fromiter(found, dtype=np.int64, count=len(states))

    def _stretches(self, rows: NDArray[np.intp]) -> Iterator[NDArray[np.intp]]:
        length = max(1, STRETCH_BYTES // self.pixel_file.slot_bytes)
        return (rows[i : i + length] for i in range(0, len(rows), length))

    def _decode(self, rows: NDArray[np.intp]) -> _Decoded:
        decoded = _Decoded([], [], [], {}, [])
        for row in rows.tolist():
            try:
                self._decode_row(row, decoded)
            except UnreadableImageError as error:
                path = str(self.table.paths[row])
                decoded.failures.append(CellFailure(row, path, error.cause))
        return decoded

    def _decode_row(self, row: int, decoded: _Decoded) -> None:
        state = _state(self.table, row)
        content = read_content(self.table, row)
        digest = content.digest()
        if digest not in self.contents and digest not in decoded.pixels:
            decoded.pixels[digest] = content.pixels(self.frame)
        decoded.rows.append(row)
        decoded.digests.append(digest)
        decoded.states.append(state)

    def _store(self, decoded: _Decoded) -> list[int]:
        """Writes what is new; the slot of each row."""
        states = zip(decoded.states, decoded.digests, strict=True)
        self.index.append(
            self.pixel_file,
            self.name,
            decoded.pixels,
            {state: digest for state, digest in states if state},
        )
        slots = self.index.slots(self.pixel_file.size, decoded.digests)
        if not slots.keys() >= set(decoded.digests):
            raise LostPixelsError(self.pixel_file.path)
        return [slots[digest] for digest in decoded.digests]


def _state(table: CellTable, row: int) -> FileState | None:
    """What the file system says of a cell's file; None for an array or a missing file."""
    if str(table.paths[row]) in table.arrays:
        return None
    try:
        return FileState.of(table.file(row))
    except OSError:
        return None
