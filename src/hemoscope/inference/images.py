"""Images as people have them in Python (paths, PIL images, arrays) → pixels for a model."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageOps

from hemoscope.cells import Frame, FramePair, UnreadableImageError, decode_image
from hemoscope.cells.colour import UnsupportedColourError, to_rgb
from hemoscope.cells.reading import read_file

CellImage = str | Path | Image.Image | NDArray[np.uint8]
"""A path, a PIL image, or an array: (h, w, 3) RGB or (h, w) grey, uint8."""


def image_pixels(
    image: CellImage | UnreadableImageError, frame: Frame | FramePair
) -> NDArray[np.uint8]:
    """RGB in 0 … 255, of the frame's shape, prepared as the images that models are trained on.

    Raises:
        UnreadableImageError: It is no readable image; the cause says why. One that is handed in
            is raised as it is.
    """
    match image:
        case UnreadableImageError():
            raise image
        case str() | Path():
            return frame.of(decode_image(read_file(Path(image)), for_size=frame.decoded_for))
        case Image.Image():
            return frame.of(_from_pillow(image))
        case np.ndarray():
            return frame.of(_from_array(image))
    raise UnreadableImageError(
        f"an object of type {type(image).__name__} is neither a path nor a PIL image nor an array"
    )


def image_name(image: CellImage) -> str | None:
    """The path of an image that has one."""
    return str(image) if isinstance(image, str | Path) else None


def _from_pillow(image: Image.Image) -> NDArray[np.uint8]:
    try:
        return np.array(to_rgb(ImageOps.exif_transpose(image)))
    except UnsupportedColourError as error:
        raise UnreadableImageError(str(error)) from error
    except (OSError, SyntaxError, ValueError) as error:  # Pillow reads the file only now
        raise UnreadableImageError(f"the image is damaged ({error})") from error


def _from_array(array: NDArray[np.uint8]) -> NDArray[np.uint8]:
    if array.dtype != np.uint8:
        raise UnreadableImageError(
            f"an array of {array.dtype} has no agreed white; hand in uint8, 0 … 255"
        )
    if array.ndim == 2:
        array = np.repeat(array[..., None], 3, axis=2)
    if array.ndim != 3 or array.shape[2] != 3 or not array.size:
        raise UnreadableImageError(
            f"an array of shape {array.shape} is no image; hand in (h, w, 3) or (h, w)"
        )
    return array
