"""The one protocol of all methods."""

from typing import Protocol

import numpy as np
from numpy.typing import NDArray
from torch import Tensor

from hemoscope.explanation.target import Target
from hemoscope.models.hybrid import HybridClassifier

Maps = NDArray[np.float32]


class Explainer(Protocol):
    """A way to tell which pixels speak for an answer."""

    @property
    def name(self) -> str:
        """What `--method` calls it."""
        ...

    def explain(self, model: HybridClassifier, images: Tensor, target: Target) -> Maps:
        """Maps for a batch.

        Args:
            model: In eval mode.
            images: (n, 3, h, w), RGB in [0, 1], on the model's device.
            target: The question put to each image.

        Returns:
            (n, h, w) float32. Positive where a pixel speaks for the answer, negative where it
            speaks against it; only the order and the proportions within one map mean anything.

        Raises:
            UnsuitableMethodError: The model lacks what the method needs.
        """
        ...
