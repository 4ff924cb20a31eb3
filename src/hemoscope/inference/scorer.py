"""What every stored model can do, whichever engine runs it."""

from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray


class Scorer(Protocol):
    """A model that is ready to look at cells."""

    @property
    def classes(self) -> tuple[str, ...]:
        """The C class names, in the order of the logits."""
        ...

    @property
    def image_size(self) -> int:
        """Side in pixels of the images that `score` takes."""
        ...

    def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, size, size, 3) uint8 RGB → (n, C) logits."""
        ...

    def describe(self) -> dict[str, Any]:
        """Where the model came from, as plain JSON values, for the provenance of predictions."""
        ...
