"""One temperature: all logits divided by the same number."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field
from scipy.special import log_softmax, softmax

from hemoscope.calibration.arrays import Array, Indices
from hemoscope.calibration.errors import CalibrationError

LOWEST, HIGHEST = 0.02, 50.0
TOO_SURE = (
    "these cells hold too few mistakes to tell how sure the model may be: the likelihood grows "
    "without end as the temperature falls. Use more cells, or --method none."
)
PositiveFloat = Annotated[float, Field(gt=0, allow_inf_nan=False)]


@dataclass(frozen=True)
class Temperature:
    """softmax(z / T) (Guo et al. 2017). Keeps the order of the classes of every cell.

    Attributes:
        temperature: T; above 1 it takes confidence away, below 1 it adds some.
    """

    temperature: PositiveFloat
    method: Literal["temperature"] = "temperature"

    def probabilities(self, logits: ArrayLike) -> Array:
        """(n, C) in [0, 1]; rows sum to 1."""
        return softmax(np.asarray(logits, np.float64) / self.temperature, axis=1)


def fit_temperature(logits: Array, truth: Indices) -> Temperature:
    """The T of the least mean negative log-likelihood, sought between 0.02 and 50.

    The likelihood is log-concave in 1/T, so there is one minimum.

    Raises:
        CalibrationError: There is no mistake among the cells, or the minimum lies at a border:
            they do not determine T.
    """
    from scipy.optimize import minimize_scalar  # noqa: PLC0415 (reading a calibration needs none of it)

    if (logits.argmax(1) == truth).all():
        raise CalibrationError(TOO_SURE)
    rows = np.arange(len(truth))

    def loss(log_temperature: float) -> float:
        scaled = logits * np.exp(-log_temperature)
        return -float(log_softmax(scaled, axis=1)[rows, truth].mean())

    borders = (np.log(LOWEST), np.log(HIGHEST))
    found = minimize_scalar(loss, bounds=borders, method="bounded", options={"xatol": 1e-9})
    check_inside(np.exp(found.x))
    return Temperature(float(np.exp(found.x)))


def check_inside(temperatures: ArrayLike) -> None:
    """Stops at temperatures that ran into a border.

    Raises:
        CalibrationError: One did.
    """
    values = np.atleast_1d(np.asarray(temperatures, np.float64))
    if (values < LOWEST * 1.001).any():
        raise CalibrationError(TOO_SURE)
    if (values > HIGHEST * 0.999).any():
        raise CalibrationError(
            "the logits say nothing of these cells' classes: the likelihood is best at an endless "
            "temperature. Check that the labels belong to these predictions."
        )
