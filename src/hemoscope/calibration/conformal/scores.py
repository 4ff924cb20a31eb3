"""Scores of nonconformity: how odd each class would be for a cell."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from pydantic import Field

from hemoscope.calibration.arrays import Array


@dataclass(frozen=True)
class Lac:
    """1 - p_c: the sets of least mean size (Sadinle, Lei and Wasserman 2019)."""

    name: Literal["lac"] = "lac"

    def of(self, probabilities: Array, uniforms: Array) -> Array:
        """(n, C) scores in [0, 1]."""
        return 1 - probabilities


@dataclass(frozen=True)
class Aps:
    """Probability of all classes above c, and a share u of p_c (Romano, Sesia and Candès 2020).

    The sets grow with how hard a cell is. u = 1 gives the sets without randomisation.
    """

    name: Literal["aps"] = "aps"

    def of(self, probabilities: Array, uniforms: Array) -> Array:
        """(n, C) scores in [0, 1], with (n,) u in [0, 1]."""
        above, _ = _above(probabilities)
        return above + uniforms[:, None] * probabilities


@dataclass(frozen=True)
class Raps:
    """APS with a penalty on every class after the first few (Angelopoulos et al. 2021).

    Attributes:
        penalty: Added for each class of rank above `free`.
        free: How many classes cost nothing.
    """

    penalty: Annotated[float, Field(ge=0, allow_inf_nan=False)] = 0.01
    free: Annotated[int, Field(ge=0)] = 1
    name: Literal["raps"] = "raps"

    def of(self, probabilities: Array, uniforms: Array) -> Array:
        """(n, C) scores, at least 0, with (n,) u in [0, 1]."""
        above, rank = _above(probabilities)
        regular = self.penalty * np.maximum(0, rank - self.free)
        return above + uniforms[:, None] * probabilities + regular


Score = Lac | Aps | Raps


def _above(probabilities: Array) -> tuple[Array, Array]:
    """(n, C) probability of the classes ranked above each class, and its rank from 1."""
    order = np.argsort(-probabilities, axis=1, kind="stable")
    falling = np.take_along_axis(probabilities, order, axis=1)
    before = np.zeros_like(falling)
    np.cumsum(falling[:, :-1], axis=1, out=before[:, 1:])
    above, rank = np.empty_like(before), np.empty_like(before)
    np.put_along_axis(above, order, before, axis=1)
    np.put_along_axis(rank, order, np.arange(1.0, falling.shape[1] + 1)[None, :], axis=1)
    return above, rank
