"""The colour of the empty glass, and the white balance that it gives."""

import numpy as np
from numpy.typing import NDArray

GLASS = 240.0
"""What empty glass becomes in every channel: bright, with room above for highlights."""

_GAINS = (0.8, 1.6)
"""Beyond these the brightest part is hardly glass: a tight crop, or no smear at all."""


def background_colour(image: NDArray[np.float32]) -> NDArray[np.float32]:
    """The median colour of the brightest quarter of an image.

    Stain only ever takes light away, so the brightest part of a smear is glass, wherever there is
    some to be seen.

    Args:
        image: (h, w, 3) RGB in 0 … 255.

    Returns:
        (3,) RGB, each at least 1.
    """
    pixels = image.reshape(-1, 3)
    light = pixels.sum(1)
    rank = -(-3 * (len(light) - 1) // 4)  # of the upper quartile; numpy's own takes twice as long
    brightest = pixels[light >= np.partition(light, rank)[rank]]
    return np.maximum(np.median(brightest, axis=0), 1).astype(np.float32)


def white_balance(background: NDArray[np.float32]) -> NDArray[np.float32]:
    """(3,) gains that bring the background to grey `GLASS`, as far as `_GAINS` allows."""
    return np.clip(GLASS / background, *_GAINS).astype(np.float32)
