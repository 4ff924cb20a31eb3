"""From what a user names (a folder, a manifest, an array file, images) to a table of cells."""

from hemoscope.cells.sources.manifest import write_manifest
from hemoscope.cells.sources.opening import Source, SourceError, open_cells

__all__ = ["Source", "SourceError", "open_cells", "write_manifest"]
