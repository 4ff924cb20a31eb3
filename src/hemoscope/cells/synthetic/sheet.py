"""All classes at a glance: a contact sheet of synthetic cells."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw, ImageFont

from hemoscope.cells.synthetic.classes import MORPHOLOGIES
from hemoscope.cells.synthetic.draw import draw_cell
from hemoscope.errors import UsageError

CAPTION_SHARE = 0.2
"""Height of a caption over the side of a cell."""
SHOWN = 0.66
"""Share of the side of a picture that the sheet shows: the cell and its next neighbours."""
GAP = 3
"""White between two cells, in pixels."""
COLOURS = 256
"""Of the palette: a sheet is for the eye, and has to be small."""


def contact_sheet(columns: int = 8, seed: int = 0, size: int = 112) -> Image.Image:
    """A row of cells for every class, its name above it; each cropped to its middle.

    Args:
        columns: Cells of each class, 1 or more: those of the seeds `seed`, `seed` + 1 …
        seed: 0 or more.
        size: Side of a cell in pixels.

    Returns:
        RGB image, `columns` times `size` wide.

    Raises:
        UsageError: A number is out of range.
    """
    if columns < 1:
        raise UsageError(f"a contact sheet of {columns} columns is empty; choose 1 or more.")
    caption = round(CAPTION_SHARE * size)
    sheet = Image.new("RGB", (columns * size, len(MORPHOLOGIES) * (size + caption)), "white")
    pen, font = ImageDraw.Draw(sheet), ImageFont.load_default(0.7 * caption)
    for row, label in enumerate(MORPHOLOGIES):
        top = row * (size + caption)
        pen.text((0.25 * caption, top + 0.5 * caption), label, "black", font, anchor="lm")
        for column in range(columns):
            tile = _middle(draw_cell(label, seed + column, round(size / SHOWN)), size - GAP)
            sheet.paste(Image.fromarray(tile), (column * size, top + caption))
    return sheet


def _middle(pixels: NDArray[np.uint8], side: int) -> NDArray[np.uint8]:
    """The square of that side in the middle of a picture."""
    start = (len(pixels) - side) // 2
    return pixels[start : start + side, start : start + side]


def write_contact_sheet(file: Path, *, columns: int = 8, seed: int = 0, size: int = 112) -> None:
    """Draw a contact sheet into a PNG with a palette."""
    sheet = contact_sheet(columns, seed, size)
    palette = sheet.quantize(COLOURS, Image.Quantize.MAXCOVERAGE, dither=Image.Dither.NONE)
    palette.save(file, format="PNG", optimize=True)
