"""Three-level masks of cells: 255 nucleus, 128 cytoplasm, 0 the rest."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from hemoscope.cells import CellTable, Frame, read_cell
from hemoscope.explanation.errors import ExplanationError

NUCLEUS, CYTOPLASM = 255, 128
MOST_BETWEEN = 0.01
NOTHING = np.zeros(3, dtype=np.uint8)

Mask = NDArray[np.uint8]


def masks_of(table: CellTable, folder: Path | None, frame: Frame) -> Mask:
    """The masks of a table's cells.

    Args:
        table: The cells. Without a folder, its `mask` column says where masks lie.
        folder: Masks named as the images are: `012.png` for `images/012.webp`.
        frame: What is seen of the images, and so of their masks.

    Returns:
        (n, size, size) uint8 of the three levels.

    Raises:
        ExplanationError: A mask is missing or is none; names it.
    """
    if folder is not None:
        files = [folder / f"{Path(str(path)).stem}.png" for path in table.paths]
    elif "mask" in table.frame:
        files = [table.root / str(mask) for mask in table.frame["mask"]]
    else:
        raise ExplanationError("these cells have no masks: name their folder with --masks.")
    if frame.framing == "whole":
        return np.stack([read_mask(file, frame.size) for file in files])
    return np.stack([_framed_mask(table, row, file, frame) for row, file in enumerate(files)])


def _framed_mask(table: CellTable, row: int, file: Path, frame: Frame) -> Mask:
    """A mask as the frame shows its image; beyond the image there is neither cell nor nucleus."""
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
