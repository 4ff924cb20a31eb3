"""Thumbnails that travel inside the page."""

from collections.abc import Mapping, Sequence

from hemoscope.cells import CellTable, read_cells
from hemoscope.reports.html.jpeg_uri import jpeg_uri


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
        str(wanted.paths[row]): jpeg_uri(pixels)
        for batch in read_cells(wanted, size)
        for row, pixels in zip(batch.rows, batch.pixels, strict=True)
    }
