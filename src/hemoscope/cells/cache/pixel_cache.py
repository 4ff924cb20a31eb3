"""`PixelCache`: where the cache lies, and how a table is opened in it."""

import os
from dataclasses import dataclass
from pathlib import Path

from hemoscope.cells.cache.cached_pixels import CachedPixels
from hemoscope.cells.cache.filling import Filling
from hemoscope.cells.cache.index import CacheIndex
from hemoscope.cells.cache.pixel_file import PixelFile
from hemoscope.cells.framing import Frame, as_frame
from hemoscope.cells.parallel import Progress, default_workers
from hemoscope.cells.table import CellTable

# Part of the folder's name: raise it when decoding or resizing gives other pixels than before.
FORMAT = "pixels-v2"


def default_cache_directory() -> Path:
    """$HEMOSCOPE_CACHE, else hemoscope's folder in the platform's place for caches."""
    own = os.environ.get("HEMOSCOPE_CACHE")
    if own:
        return Path(own).expanduser()
    base = os.environ.get("XDG_CACHE_HOME")
    return (Path(base) if base else Path.home() / ".cache") / "hemoscope"


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
        frame: Frame | int,
        *,
        progress: Progress | None = None,
        workers: int | None = None,
    ) -> CachedPixels:
        """The pixels of a table; decodes those cells that are not in the cache yet.

        Args:
            table: The cells.
            frame: What is kept of each image; a number is the side in pixels to which the whole
                image is brought.
            progress: Called with (cells done, cells in all) as it goes on.
            workers: Threads; by default one for each processor.

        Raises:
            CacheError: The disk is full, the folder cannot be written or is damaged, or its
                pixels were deleted or cut meanwhile.
        """
        frame = as_frame(frame)
        folder = self.directory / FORMAT / frame.key
        index = CacheIndex(folder)
        pixel_file = PixelFile(folder / f"pixels-{frame.size}.u8", frame.size)
        index.forget_lost_pixels(pixel_file)
        name = index.name(frame.size)  # before any slot is looked up
        filling = Filling(table, frame, index, pixel_file, name, index.contents(frame.size))
        return filling.run(progress or _silent, workers or default_workers())


def _silent(_done: int, _total: int) -> None:
    """Progress that nobody wants to see."""
