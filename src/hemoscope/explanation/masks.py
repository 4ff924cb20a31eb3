"""Three-level masks of cells: 255 nucleus, 128 cytoplasm, 0 the rest."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from hemoscope.cells import CellTable, Frame, read_cell
from hemoscope.explanation.errors import ExplanationError

NUCLEUS, CYTOPLASM = 255, 128
MOST_BETWEEN = 0.01
UNKNOWN = 1  # every pixel of a cell that has no mask; no mask has this level
NOTHING = np.zeros(3, dtype=np.uint8)

Mask = NDArray[np.uint8]


def has_mask(table: CellTable) -> NDArray[np.bool_]:
    """(n,) whether the `mask` column names a mask of each cell; it may be blank, or not there."""
    if "mask" not in table.frame:
        return np.zeros(len(table), dtype=bool)
    return table.answers("mask") != ""


def masks_of(table: CellTable, folder: Path | None, frame: Frame) -> Mask:
    """The masks of a table's cells.

    Args:
        table: The cells. Without a folder, its `mask` column says where masks lie; where that is
            blank, a cell has none.
        folder: Masks named as the images are: `012.png` for `images/012.webp`.
        frame: What is seen of the images, and so of their masks.

    Returns:
        (n, size, size) uint8 of the three levels; all `UNKNOWN` for a cell without mask.

    Raises:
        ExplanationError: A mask is missing or is none, and is named; or no cell has one.
    """
    if folder is not None:
        files = [folder / f"{Path(str(path)).stem}.png" for path in table.paths]
    else:
        named = has_mask(table)
        if not named.any():
            raise ExplanationError("these cells have no masks: name their folder with --masks.")
        masks = zip(table.frame["mask"], named, strict=True)
        files = [table.root / str(mask) if known else None for mask, known in masks]
    return np.stack([_mask_of(table, row, file, frame) for row, file in enumerate(files)])


def _mask_of(table: CellTable, row: int, file: Path | None, frame: Frame) -> Mask:
    """A mask as the frame shows its image; beyond the image there is neither cell nor nucleus."""
    if file is None:
        return np.full((frame.size, frame.size), UNKNOWN, dtype=np.uint8)
    if frame.framing == "whole":
        return read_mask(file, frame.size)
    image = read_cell(table, row)
    mask = read_mask(file, image.shape[1], image.shape[0])
    colours = np.repeat(mask[..., None], 3, axis=2)
    seen = frame.window(image).cut(colours, frame.size, NOTHING, Image.Resampling.NEAREST)
    return seen[..., 0]


def read_mask(file: Path, width: int, height: int | None = None) -> Mask:
    """One mask, (height, width), resized without mixing its levels; a square by default.

    Raises:
        ExplanationError: The file is missing, no picture, or has other levels.
    """
    try:
        with Image.open(file) as image:
            picture = image.convert("L").resize((width, height or width), Image.Resampling.NEAREST)
    except FileNotFoundError as error:
        raise ExplanationError(
            f"there is no mask {file}. A mask has its image's name and ends with .png."
        ) from error
    except (UnidentifiedImageError, OSError) as error:
        raise ExplanationError(f"the mask {file} is no readable picture.") from error
    return _three_levels(np.asarray(picture), file)


def _three_levels(grey: Mask, file: Path) -> Mask:
    """Every pixel at the nearest of the three levels.

    Drawing programs leave a few pixels between the levels along an outline, as in
    cellavision100; a picture with many of them is no such mask.
    """
    levels = np.array([0, CYTOPLASM, NUCLEUS], dtype=np.int16)
    between = ~np.isin(grey, levels)
    if between.mean() > MOST_BETWEEN:
        raise ExplanationError(
            f"{100 * between.mean():.0f} % of the mask {file} lie between its levels, such as "
            f"{int(grey[between][0])}. Masks have three: {NUCLEUS} for the nucleus, {CYTOPLASM} "
            "for the cytoplasm, 0 for the rest."
        )
    nearest = np.abs(grey[..., None].astype(np.int16) - levels).argmin(axis=-1)
    return levels[nearest].astype(np.uint8)
