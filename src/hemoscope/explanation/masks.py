"""Three-level masks of cells: 255 nucleus, 128 cytoplasm, 0 the rest."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, UnidentifiedImageError

from hemoscope.cells import CellTable
from hemoscope.explanation.errors import ExplanationError

NUCLEUS, CYTOPLASM = 255, 128

Mask = NDArray[np.uint8]


def masks_of(table: CellTable, folder: Path | None, size: int) -> Mask:
    """The masks of a table's cells.

    Args:
        table: The cells. Without a folder, its `mask` column says where masks lie.
        folder: Masks named as the images are: `012.png` for `images/012.webp`.
        size: Side of the square in pixels.

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
    return np.stack([read_mask(file, size) for file in files])


def read_mask(file: Path, size: int) -> Mask:
    """One mask, (size, size), resized without mixing its levels.

    Raises:
        ExplanationError: The file is missing, no picture, or has other levels.
    """
    try:
        with Image.open(file) as image:
            picture = image.convert("L").resize((size, size), Image.Resampling.NEAREST)
    except FileNotFoundError as error:
        raise ExplanationError(
            f"there is no mask {file}. A mask has its image's name and ends with .png."
        ) from error
    except (UnidentifiedImageError, OSError) as error:
        raise ExplanationError(f"the mask {file} is no readable picture.") from error
    mask = np.asarray(picture)
    strange = sorted(set(np.unique(mask)) - {0, CYTOPLASM, NUCLEUS})
    if strange:
        raise ExplanationError(
            f"the mask {file} has the grey level {strange[0]}. Masks have three: {NUCLEUS} for "
            f"the nucleus, {CYTOPLASM} for the cytoplasm, 0 for the rest."
        )
    return mask
