"""Thumbnails that travel inside the page."""

import base64
import io
from collections.abc import Mapping, Sequence

from PIL import Image

from hemoscope.cells import CellTable, read_cells

QUALITY = 80


def thumbnails(images: CellTable | None, paths: Sequence[str], size: int) -> Mapping[str, str]:
    """JPEG thumbnails as data URIs, for those of the cells that are there and readable.

    Args:
        images: Where the pictures are; None = nowhere.
        paths: Names of the wanted cells.
        size: Side in pixels.

    Returns:
        Cell name to data URI; cells without a readable picture are left out.
    """
    if images is None or not paths:
        return {}
    rows = {str(path): row for row, path in enumerate(images.paths)}
    wanted = images.take([rows[path] for path in paths if path in rows])
    return {
        str(wanted.paths[row]): _data_uri(pixels)
        for batch in read_cells(wanted, size)
        for row, pixels in zip(batch.rows, batch.pixels, strict=True)
    }


def _data_uri(pixels: "Image.SupportsArrayInterface") -> str:
    buffer = io.BytesIO()
    Image.fromarray(pixels).save(buffer, "JPEG", quality=QUALITY, optimize=True)
    return f"data:image/jpeg;base64,{base64.b64encode(buffer.getvalue()).decode()}"
