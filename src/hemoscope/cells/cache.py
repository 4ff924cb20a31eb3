"""`PixelCache`: decoded cells on disk, so that later epochs read no image file.

Under the cache's folder, one version of the format has

    index.sqlite        which content stands in which slot, for each size; and which file, by path,
                        length and time of change, has which content
    pixels-<size>.u8    the slots, one after the other: size x size x 3 bytes each

Pixels are keyed by content, so the same cell under another name or in another split is stored
once. A writer holds the index's lock (SQLite's, between processes) while it appends: pixels first,
flushed to the disk, then the index in one transaction. Killed at any moment, it leaves at most
pixels that no index covers, and the next writer overwrites those.
"""

import os
from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property
from pathlib import Path
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hemoscope.cells.cache_index import CacheIndex, FileState, PixelFile
from hemoscope.cells.decode import UnreadableImageError
from hemoscope.cells.parallel import Progress, default_workers, map_in_order
from hemoscope.cells.reading import CellFailure, read_content
from hemoscope.cells.table import CellTable

# Part of the folder's name: raise it when decoding or resizing gives other pixels than before.
FORMAT = "pixels-v1"
STRETCH_BYTES = 2**25  # decoded by one thread and written in one transaction


def default_cache_directory() -> Path:
    """$HEMOSCOPE_CACHE, else hemoscope's folder in the platform's place for caches."""
    own = os.environ.get("HEMOSCOPE_CACHE")
    if own:
        return Path(own).expanduser()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "hemoscope"


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


@dataclass(frozen=True)
class PixelCache:
    """Decoded cells on disk, shared by every table, run and process.

    Attributes:
        directory: Where; `default_cache_directory()` unless told.
    """

    directory: Path

    def __init__(self, directory: str | Path | None = None) -> None:
        object.__setattr__(self, "directory", Path(directory or default_cache_directory()))

    def open(
        self,
        table: CellTable,
        size: int,
        *,
        progress: Progress | None = None,
        workers: int | None = None,
    ) -> CachedPixels:
        """The pixels of a table; decodes those cells that are not in the cache yet.

        Args:
            table: The cells.
            size: Side in pixels to which the whole frame is resized.
            progress: Called with (cells done, cells in all) as it goes on.
            workers: Threads; by default one for each processor.

        Raises:
            CacheError: The disk is full, or the folder cannot be written or is damaged.
        """
        index = CacheIndex(self.directory / FORMAT)
        pixel_file = PixelFile(self.directory / FORMAT / f"pixels-{size}.u8", size)
        index.forget_lost_pixels(pixel_file)
        filling = _Filling(table, index, pixel_file, index.contents(size))
        return filling.run(progress or _silent, workers or default_workers())


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
class _Filling:
    """Fills the cache with what a table needs."""

    table: CellTable
    index: CacheIndex
    pixel_file: PixelFile
    contents: frozenset[bytes]

    def run(self, progress: Progress, workers: int) -> CachedPixels:
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
            decoded.pixels[digest] = content.pixels(self.pixel_file.size)
        decoded.rows.append(row)
        decoded.digests.append(digest)
        decoded.states.append(state)

    def _store(self, decoded: _Decoded) -> list[int]:
        """Writes what is new; the slot of each row."""
        states = zip(decoded.states, decoded.digests, strict=True)
        self.index.append(
            self.pixel_file, decoded.pixels, {state: digest for state, digest in states if state}
        )
        slots = self.index.slots(self.pixel_file.size, decoded.digests)
        return [slots[digest] for digest in decoded.digests]


def _state(table: CellTable, row: int) -> FileState | None:
    """What the file system says of a cell's file; None for an array or a missing file."""
    if str(table.paths[row]) in table.arrays:
        return None
    try:
        return FileState.of(table.file(row))
    except OSError:
        return None


def _silent(_done: int, _total: int) -> None:
    """Progress that nobody wants to see."""

