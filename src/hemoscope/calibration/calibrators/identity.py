"""No calibration: the model's own probabilities."""

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax

from hemoscope.calibration.arrays import Array, Indices


@dataclass(frozen=True)
class Identity:
    """The softmax as it is."""

    method: Literal["none"] = "none"

    def probabilities(self, logits: ArrayLike) -> Array:
        """(n, C) in [0, 1]; rows sum to 1."""
        return softmax(np.asarray(logits, np.float64), axis=1)


def fit_identity(logits: Array, truth: Indices) -> Identity:
    """Nothing to fit."""
    return Identity()
