"""Strangeness by the distance from each class, in the classes' own spread."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hemoscope.calibration.arrays import Array
from hemoscope.calibration.unknown.gaussian import AXES, Gaussian, fit_gaussian
from hemoscope.calibration.unknown.known_cells import KnownCells
from hemoscope.calibration.unknown.measure import checked_features


@dataclass(frozen=True, eq=False)
class Mahalanobis:
    """Squared Mahalanobis distance from the nearest class mean (Lee, Lee, Lee and Shin 2018).

    Attributes:
        within: A normal distribution for each class, with their common covariance.
    """

    within: Gaussian
    method: str = "mahalanobis"
    needs_features: bool = True

    def score(self, logits: NDArray[Any], features: NDArray[Any] | None) -> Array:
        """(n,) squared distances; the logits are not used."""
        cells = checked_features(features, self.within.means.shape[1])
        return self.within.distances(cells).min(axis=1)

    def numbers(self) -> Mapping[str, float | int]:
        """None."""
        return {}

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Those of `within`."""
        return self.within.arrays("within")


@dataclass(frozen=True, eq=False)
class RelativeMahalanobis:
    """That distance, minus the one from the mean of all cells (Ren et al. 2021).

    What is odd in every cell alike, such as a new stain, stands in both and cancels.

    Attributes:
        within: As in `Mahalanobis`.
        whole: One normal distribution for the cells of all classes.
    """

    within: Gaussian
    whole: Gaussian
    method: str = "relative-mahalanobis"
    needs_features: bool = True

    def score(self, logits: NDArray[Any], features: NDArray[Any] | None) -> Array:
        """(n,) differences of squared distances; the logits are not used."""
        cells = checked_features(features, self.within.means.shape[1])
        return self.within.distances(cells).min(axis=1) - self.whole.distances(cells)[:, 0]

    def numbers(self) -> Mapping[str, float | int]:
        """None."""
        return {}

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """Those of `within` and of `whole`."""
        return {**self.within.arrays("within"), **self.whole.arrays("whole")}


def fit_mahalanobis(reference: KnownCells, *, axes: int = AXES) -> Mahalanobis:
    """Fits a mean for each class that has cells, and their common covariance.

    Args:
        reference: Cells with features.
        axes: Axes of the covariance that are kept one by one.

    Raises:
        CalibrationError: The cells have no features, or are too few.
    """
    return Mahalanobis(_within(reference, axes))


def fit_relative_mahalanobis(reference: KnownCells, *, axes: int = AXES) -> RelativeMahalanobis:
    """As `fit_mahalanobis`, and the mean and covariance of all cells.

    Raises:
        CalibrationError: The cells have no features, or are too few.
    """
    whole = fit_gaussian(_features(reference), np.zeros(len(reference), np.intp), axes=axes)
    return RelativeMahalanobis(_within(reference, axes), whole)


def _within(reference: KnownCells, axes: int) -> Gaussian:
    member = np.unique(reference.truth, return_inverse=True)[1]
    return fit_gaussian(_features(reference), member, axes=axes)


def _features(reference: KnownCells) -> Array:
    width = 0 if reference.features is None else reference.features.shape[1]
    return checked_features(reference.features, width)
