"""One temperature a class: vector scaling without a bias."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field
from scipy.special import log_softmax, softmax

from hemoscope.calibration.arrays import Array, Indices
from hemoscope.calibration.calibrators.temperature import (
    HIGHEST,
    LOWEST,
    PositiveFloat,
    check_inside,
    fit_temperature,
)


@dataclass(frozen=True)
class ClassTemperature:
    """softmax((z_c - mean of z) / T_c): vector scaling (Guo et al. 2017) without its bias.

    Each cell's logits are centred first. A softmax does not see a constant that is added to all
    logits of a cell, so what is fitted on them must not see it either. With all T_c equal this is
    `Temperature`. It may change which class comes first.

    Attributes:
        temperatures: T of each class, in the classes' order.
    """

    temperatures: Annotated[tuple[PositiveFloat, ...], Field(min_length=2)]
    method: Literal["class-temperature"] = "class-temperature"

    def probabilities(self, logits: ArrayLike) -> Array:
        """(n, C) in [0, 1]; rows sum to 1."""
        return softmax(_centred(np.asarray(logits, np.float64)) / self.temperatures, axis=1)


def fit_class_temperature(logits: Array, truth: Indices) -> ClassTemperature:
    """The T_c of the least mean negative log-likelihood, each between 0.02 and 50.

    The likelihood is log-concave in the 1/T_c, so there is one minimum.

    Raises:
        CalibrationError: A T_c ran into a border: the cells do not determine it.
    """
    from scipy.optimize import minimize  # noqa: PLC0415 (reading a calibration needs none of it)

    centred, rows = _centred(logits), np.arange(len(truth))
    outcome = np.eye(logits.shape[1])[truth]

    def loss(inverse: Array) -> tuple[float, Array]:
        log_stated = log_softmax(centred * inverse, axis=1)
        slope = ((np.exp(log_stated) - outcome) * centred).mean(0)
        return -float(log_stated[rows, truth].mean()), slope

    start = np.full(logits.shape[1], 1 / fit_temperature(logits, truth).temperature)
    found = minimize(
        loss,
        start,
        jac=True,
        method="L-BFGS-B",
        bounds=[(1 / HIGHEST, 1 / LOWEST)] * len(start),
        options={"ftol": 1e-14, "gtol": 1e-9, "maxiter": 2000},
    )
    check_inside(1 / found.x)
    return ClassTemperature(tuple(float(t) for t in 1 / found.x))


def _centred(logits: Array) -> Array:
    return logits - logits.mean(axis=1, keepdims=True)
