"""`SecondLook`: where the model looked on one cell."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class SecondLook:
    """A cell as the model sees it.

    Attributes:
        pixels: (size, size, 3) uint8 RGB.
        attention: (h, w) in [0, 1] over the same square: what `Observation.attention` holds.
    """

    pixels: NDArray[np.uint8]
    attention: NDArray[np.float32]
