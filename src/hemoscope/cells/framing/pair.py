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
        first: Gives channels 0 to 2.
        second: Gives channels 3 to 5.
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
    def channels(self) -> int:
        """Of the pixels: three of each."""
        return self.first.channels + self.second.channels

    @property
    def decoded_for(self) -> int:
        """Images need not be decoded larger than twice this many pixels a side."""
        return max(self.first.decoded_for, self.second.decoded_for)

    def of(self, image: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Both squares.

        Args:
            image: (h, w, 3) RGB in 0 … 255.

        Returns:
            (size, size, 6): RGB of the first, then RGB of the second.
        """
        return np.concatenate([self.first.of(image), self.second.of(image)], axis=2)


def seen_first(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(…, 3 or 6) pixels of a frame or a pair → (…, 3) RGB of the frame, or of the first."""
    return pixels[..., : Frame.channels]


def seen_second(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """(…, 3 or 6) pixels of a frame or a pair → (…, 3) RGB of the frame, or of the second."""
    return pixels[..., -Frame.channels :]
