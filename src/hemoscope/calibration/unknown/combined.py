"""Strangeness by two signs at once: a cell of another kind, and a picture of no cell at all."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hemoscope.calibration.arrays import Array
from hemoscope.calibration.errors import CalibrationError
from hemoscope.calibration.unknown.gaussian import Gaussian
from hemoscope.calibration.unknown.known_cells import KnownCells
from hemoscope.calibration.unknown.logit_measures import Energy
from hemoscope.calibration.unknown.mahalanobis import Mahalanobis, fit_mahalanobis

HIGH, HIGHEST = 0.99, 0.999
"""How far the reach of the energy goes, and that of the distance: what is no cell lies far out."""


@dataclass(frozen=True)
class Scale:
    """What is usual of a score.

    Attributes:
        middle: The median of known cells.
        reach: From there to a high quantile, positive.
    """

    middle: float
    reach: float

    def of(self, scores: Array) -> Array:
        """Scores in units of the reach: 0 for the median cell, 1 for one that is rare."""
        return (scores - self.middle) / self.reach


@dataclass(frozen=True, eq=False)
class Combined:
    """The larger of energy and Mahalanobis distance, each by what is usual of it.

    A network has little to say of a cell of another kind (energy), but is often sure of noise, text
    or empty glass; those lie far from every class in its features (distance).

    Attributes:
        energy: The scale of the energy.
        distance: The scale of the squared distance.
        nearest: The distance.
    """

    energy: Scale
    distance: Scale
    nearest: Mahalanobis
    method: str = "combined"
    needs_features: bool = True

    def score(self, logits: NDArray[Any], features: NDArray[Any] | None) -> Array:
        """(n,) the larger of both, in units of their reach."""
        energies = self.energy.of(Energy().score(logits, None))
        return np.maximum(energies, self.distance.of(self.nearest.score(logits, features)))

    def numbers(self) -> Mapping[str, float | int]:
        """The two scales."""
        return {
            "energy_middle": self.energy.middle,
            "energy_reach": self.energy.reach,
            "distance_middle": self.distance.middle,
            "distance_reach": self.distance.reach,
        }

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Those of the distance."""
        return self.nearest.arrays()

    @classmethod
    def of_parts(
        cls, numbers: Mapping[str, float], arrays: Mapping[str, NDArray[Any]]
    ) -> "Combined":
        """Made again from `numbers` and `arrays`.

        Raises:
            KeyError: One is missing.
            ValueError: They do not fit each other, or a reach is not positive.
        """
        energy = Scale(numbers["energy_middle"], numbers["energy_reach"])
        distance = Scale(numbers["distance_middle"], numbers["distance_reach"])
        if min(energy.reach, distance.reach) <= 0:
            raise ValueError("the reach of a score is not positive")
        return cls(energy, distance, Mahalanobis(Gaussian.of_arrays(arrays, "within")))


def fit_combined(reference: KnownCells) -> Combined:
    """Fits the distance, and what is usual of both scores.

    Raises:
        CalibrationError: The cells have no features, are too few, or all alike.
    """
    nearest = fit_mahalanobis(reference)
    energies = Energy().score(reference.logits, None)
    distances = nearest.score(reference.logits, reference.features)
    return Combined(_scale(energies, HIGH), _scale(distances, HIGHEST), nearest)


def _scale(scores: Array, rare: float) -> Scale:
    middle, high = np.quantile(scores, [0.5, rare])
    if not high > middle:
        raise CalibrationError("the reference cells are all alike; they do not show what is usual.")
    return Scale(float(middle), float(high - middle))
