"""`Home`: the light that a network knows, told by the colour of the glass.

A network that sees colours as they are is good where it learned and poor elsewhere, and is no less
sure there. Light, camera and white balance tell one place from another at a glance: empty glass is
peach in one set and grey in the next.
"""

from typing import Self

import numpy as np
from numpy.typing import NDArray
from pydantic import BaseModel, ConfigDict

from hemoscope.cells.framing import background_colour

Triple = tuple[float, float, float]

_RARE = 0.005
"""Share of the known pictures that may lie beyond each end of each channel."""


class Home(BaseModel):
    """Colours of empty glass, as `background_colour` finds them.

    Attributes:
        low: Least red, green and blue, in 0 … 255.
        high: Most of each.
    """

    model_config = ConfigDict(frozen=True, extra="ignore")

    low: Triple
    high: Triple

    @classmethod
    def of(cls, pictures: NDArray[np.uint8]) -> Self:
        """The colours that nearly all of some pictures have.

        Args:
            pictures: (n, h, w, 3) RGB in 0 … 255, n at least 1, such as training cells.
        """
        low, high = np.quantile(_glass(pictures), (_RARE, 1 - _RARE), axis=0).round(1)
        return cls(low=tuple(low.tolist()), high=tuple(high.tolist()))

    def holds(self, pictures: NDArray[np.uint8]) -> NDArray[np.bool_]:
        """(n, h, w, 3) RGB → (n,) whether the glass of each has such a colour."""
        glass = _glass(pictures)
        return np.all((glass >= self.low) & (glass <= self.high), axis=1)


def _glass(pictures: NDArray[np.uint8]) -> NDArray[np.float32]:
    """(n, 3) colours."""
    found = [background_colour(picture.astype(np.float32)) for picture in pictures]
    return np.array(found, dtype=np.float32).reshape(-1, 3)
