"""The table of cells, and how images become pixels.

open_cells(SOURCE)  →  CellTable  →  read_cells(table, 224)          one pass, streamed
                                  →  PixelCache().open(table, 224)   many passes, from disk
"""

from hemoscope.cells.cache import CachedPixels, CacheError, PixelCache, default_cache_directory
from hemoscope.cells.decode import MAX_PIXELS, ImageHeader, UnreadableImageError, decode_image
from hemoscope.cells.fit import fit_to
from hemoscope.cells.framing import FRAMINGS, Frame, FramePair, Framing, seen_first, seen_second
from hemoscope.cells.parallel import Progress
from hemoscope.cells.reading import CellFailure, read_cell
from hemoscope.cells.sources import Source, SourceError, open_cells, write_manifest
from hemoscope.cells.splits import (
    read_groups,
    split_grouped,
    split_paper,
    split_stratified,
    with_groups,
)
from hemoscope.cells.stream import CellBatch, read_cells
from hemoscope.cells.summary import CellSummary, summarise_cells
from hemoscope.cells.table import CellTable, CellTableError, SelectionError

__all__ = [
    "FRAMINGS",
    "MAX_PIXELS",
    "CacheError",
    "CachedPixels",
    "CellBatch",
    "CellFailure",
    "CellSummary",
    "CellTable",
    "CellTableError",
    "Frame",
    "FramePair",
    "Framing",
    "ImageHeader",
    "PixelCache",
    "Progress",
    "SelectionError",
    "Source",
    "SourceError",
    "UnreadableImageError",
    "decode_image",
    "default_cache_directory",
    "fit_to",
    "open_cells",
    "read_cell",
    "read_cells",
    "read_groups",
    "seen_first",
    "seen_second",
    "split_grouped",
    "split_paper",
    "split_stratified",
    "summarise_cells",
    "with_groups",
    "write_manifest",
]
