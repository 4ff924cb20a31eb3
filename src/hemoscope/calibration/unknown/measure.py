"""What every measure of strangeness offers; the threshold is put on it afterwards."""

from collections.abc import Mapping
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

from hemoscope.calibration.arrays import Array, refuse_not_finite
from hemoscope.calibration.errors import CalibrationError


class Measure(Protocol):
    """Says how little a cell looks like those of the known classes."""

    @property
    def method(self) -> str:
        """The name that `fit_unknown` and the file know it by."""
        ...

    @property
    def needs_features(self) -> bool:
        """Whether it goes by features; otherwise by logits."""
        ...

    def score(self, logits: NDArray[Any], features: NDArray[Any] | None) -> Array:
        """(n,) float64, higher = stranger, from (n, C) logits and (n, F) features."""
        ...

    def numbers(self) -> Mapping[str, float | int]:
        """Its few numbers, for JSON."""
        ...

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Its arrays, for the file beside; empty where there are none."""
        ...


def checked_features(features: NDArray[Any] | None, width: int) -> NDArray[np.float64]:
    """(n, width) finite features.

    Raises:
        CalibrationError: There are none, or of another width, or not finite.
    """
    if features is None:
        raise CalibrationError(
            "the score for unknown cells goes by the model's features, and none were given. Hand "
            "in those that the model gives beside the logits; `hemoscope predict --features` "
            "writes them beside the table."
        )
    values = np.asarray(features, np.float64)
    if values.ndim != 2 or values.shape[1] != width:
        raise CalibrationError(
            f"the features have shape {values.shape}; the score for unknown cells was fitted on "
            f"{width} numbers a cell. Use the calibration of the same model."
        )
    refuse_not_finite(values, "features")
    return values
