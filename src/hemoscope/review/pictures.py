"""`Pictures`: the image of a cell as a JPEG that every browser shows."""

import io
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

from hemoscope.cells import CellTable, UnreadableImageError, open_cells
from hemoscope.cells.decode import decode_image
from hemoscope.cells.reading import read_cell, read_file
from hemoscope.review.job import Job

LARGE, SMALL = 640, 112
"""Longest side of the two sizes, in pixels."""
QUALITY = 90


class Pictures:
    """Decodes by hemoscope's own way, so that 16-bit, CMYK and TIFF show, and nothing else does."""

    def __init__(self, job: Job, source: str | None = None) -> None:
        """Find the pictures.

        Args:
            job: Whose.
            source: What was handed to `classify`; None: where the job says, or the paths as they
                are, relative to the current folder.

        Raises:
            SourceError: `source` is no such thing.
        """
        self._job = job
        self._table: CellTable | None = None
        self._rows: dict[str, int] = {}
        self.root = Path(str(job.provenance.get("cells", {}).get("root") or "."))
        if source is not None:
            self._table = open_cells(source, blank_labels=True)
            self._rows = {str(path): row for row, path in enumerate(self._table.paths)}
            self.root = self._table.root

    def missing(self) -> int:
        """How many of the first hundred readable cells have no picture here."""
        some = [cell for cell in self._job.cells if cell.readable][:100]
        if self._table is not None:
            return sum(cell.path not in self._rows for cell in some)
        return sum(not (self.root / cell.path).is_file() for cell in some)

    def jpeg(self, number: int, longest: int) -> bytes:
        """A cell, made smaller where it is larger.

        Args:
            number: Of the cell.
            longest: Longest side, in pixels.

        Raises:
            UnreadableImageError: It is not there, or cannot be read.
        """
        image = Image.fromarray(self._pixels(number, longest))
        image.thumbnail((longest, longest), Image.Resampling.LANCZOS)
        buffer = io.BytesIO()
        image.save(buffer, "JPEG", quality=QUALITY)
        return buffer.getvalue()

    def _pixels(self, number: int, longest: int) -> NDArray[np.uint8]:
        path = self._job.cells[number].path
        if self._table is None:
            return decode_image(read_file(self.root / path), for_size=longest)
        if path not in self._rows:
            raise UnreadableImageError("it is not among the images that were named", path)
        return read_cell(self._table, self._rows[path])
