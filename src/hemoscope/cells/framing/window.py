"""A square window on an image, which may reach beyond its edges → pixels of one size."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from PIL import Image

# A window of several times this side in pixels, and of several times this many pixels for each that
# is wanted, is shrunk first: a line of 1 x 60,000 pixels must not become a square of that side.
_LARGEST, _AMPLE = 2048, 6


@dataclass(frozen=True)
class Window:
    """A square, in pixels of an image.

    Attributes:
        x: Its centre, from the left edge.
        y: Its centre, from the upper edge.
        side: Its side.
    """

    x: float
    y: float
    side: float

    @classmethod
    def whole(cls, image: NDArray[np.uint8]) -> "Window":
        """The smallest square around all of an image."""
        height, width = image.shape[:2]
        return cls(width / 2, height / 2, max(height, width))

    def grown(self, factor: float) -> "Window":
        """The same centre, another side."""
        return Window(self.x, self.y, self.side * factor)

    def beyond(self, image: NDArray[np.uint8]) -> int:
        """How many pixels it reaches beyond an image, rounded up; 0 within it."""
        height, width = image.shape[:2]
        left, upper = self.x - self.side / 2, self.y - self.side / 2
        outside = max(-left, -upper, left + self.side - width, upper + self.side - height)
        return max(0, int(np.ceil(outside)))

    def cut(
        self,
        image: NDArray[np.uint8],
        size: int,
        beyond: NDArray[np.uint8],
        resample: Image.Resampling = Image.Resampling.BILINEAR,
    ) -> NDArray[np.uint8]:
        """What is seen through the window.

        Args:
            image: (h, w, 3) RGB in 0 … 255.
            size: Side of the result in pixels.
            beyond: (3,) the colour of everything outside the image.
            resample: How; bilinear is antialiased.

        Returns:
            (size, size, 3).
        """
        factor = int(self.side / max(_LARGEST, _AMPLE * size))
        if factor > 1:
            smaller = np.asarray(Image.fromarray(image).reduce(factor))
            shrunk = Window(self.x / factor, self.y / factor, self.side / factor)
            return shrunk.cut(smaller, size, beyond, resample)
        left, upper = self.x - self.side / 2, self.y - self.side / 2
        pad = self.beyond(image)
        if pad:
            image = _padded(image, pad, beyond)
        left, upper = max(0.0, left + pad), max(0.0, upper + pad)
        box = (
            left,
            upper,
            min(left + self.side, image.shape[1]),
            min(upper + self.side, image.shape[0]),
        )
        resized = Image.fromarray(image).resize((size, size), resample, box=box, reducing_gap=3.0)
        return np.array(resized)


def _padded(image: NDArray[np.uint8], pad: int, colour: NDArray[np.uint8]) -> NDArray[np.uint8]:
    height, width = image.shape[:2]
    padded = np.empty((height + 2 * pad, width + 2 * pad, 3), dtype=np.uint8)
    padded[:] = colour
    padded[pad : pad + height, pad : pad + width] = image
    return padded
