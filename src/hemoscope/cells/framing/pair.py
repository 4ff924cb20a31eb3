"""`FramePair`: one image as two squares, for two models that see different parts of it."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells.framing.frame import Frame
from hemoscope.errors import UsageError


@dataclass(frozen=True)
class FramePair:
    """Two frames of one size.

    Attributes:
        first: Gives the upper half of the pixels.
        second: Gives the lower half.
    """

    first: Frame
    second: Frame

    def __post_init__(self) -> None:
        if self.first.size != self.second.size:
            raise UsageError(
                f"two frames of {self.first.size} and {self.second.size} pixels do not lie on one "
                "another; a pair needs one size."
            )

    @property
    def size(self) -> int:
        """Side of both squares in pixels."""
        return self.first.size

    @property
    def shape(self) -> tuple[int, int, int]:
        """Of the pixels: (2 · size, size, 3)."""
        return (2 * self.size, self.size, 3)

    @property
    def decoded_for(self) -> int:
        """Images need not be decoded larger than twice this many pixels a side."""
        return max(self.first.decoded_for, self.second.decoded_for)

    def of(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Both squares.

        Args:
            image: (h, w, 3) RGB in 0 … 255.

        Returns:
            (2 · size, size, 3) RGB: the first above the second.
        """
        return np.concatenate([self.first.of(image), self.second.of(image)])


def seen_first(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(…, h, size, 3) pixels of a frame or a pair → (…, size, size, 3): the first square."""
    return pixels[..., : pixels.shape[-2], :, :]


def seen_second(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(…, h, size, 3) pixels of a frame or a pair → (…, size, size, 3): the last square."""
    return pixels[..., -pixels.shape[-2] :, :, :]
