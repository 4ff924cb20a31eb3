"""The whole frame of an image, resized to the square that a model sees."""

import numpy as np
from numpy.typing import NDArray
from PIL import Image


def fit_to(image: NDArray[np.uint8], size: int) -> NDArray[np.uint8]:
    """Resizes the whole frame to a square, bilinear and antialiased; nothing is cut off.

    The aspect ratio is not kept: single-cell pictures are square to within a few pixels, and
    cropping or padding would put the cell or its surroundings at stake.

    Args:
        image: (h, w, 3) RGB in 0 … 255.
        size: Side of the square in pixels.

    Returns:
        (size, size, 3); the image itself where it has that size already.
    """
    if image.shape[:2] == (size, size):
        return image
    # A reducing gap of 3 shrinks large images in two steps; Pillow's documentation calls the
    # outcome almost indistinguishable from one step.
    resized = Image.fromarray(image).resize(
        (size, size), Image.Resampling.BILINEAR, reducing_gap=3.0
    )
    return np.array(resized)
