"""Normal distributions with one covariance, small enough to travel with a model.

The covariance of F features has F² numbers: 6.5 MB for 1,280. It is kept as its r largest axes,
and one variance for all others, the closest such matrix in likelihood (probabilistic principal
components: Tipping and Bishop 1999).
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hemoscope.calibration.arrays import Array
from hemoscope.calibration.errors import CalibrationError

AXES = 96
LEAST_VARIANCE = (
    1e-9  # of the mean variance: features that never change are no reason to divide by 0
)


@dataclass(frozen=True, eq=False)
class Gaussian:
    """K normal distributions over F features, with one covariance.

    Attributes:
        means: (K, F) float32.
        axes: (F, r) float16, the leading eigenvectors of the covariance.
        variances: (r,) float32 along those axes, positive.
        rest: The variance along every other axis, positive.
    """

    means: NDArray[np.float32]
    axes: NDArray[np.float16]
    variances: NDArray[np.float32]
    rest: float

    def distances(self, features: Array) -> Array:
        """(n, K) squared Mahalanobis distances of (n, F) features from the means."""
        means, axes = self.means.astype(np.float64), self.axes.astype(np.float64)
        along = (features @ axes)[:, None, :] - means @ axes
        whole = (
            (features**2).sum(1)[:, None] - 2 * features @ means.T + (means**2).sum(1)
        )  # fmt: skip
        scale = 1 / self.variances.astype(np.float64) - 1 / self.rest
        return np.maximum(whole / self.rest + along**2 @ scale, 0)

    def arrays(self, prefix: str) -> Mapping[str, NDArray[Any]]:
        """Its arrays, by names that begin with `prefix`."""
        rest = np.array([self.rest])
        return {
            f"{prefix}_means": self.means,
            f"{prefix}_axes": self.axes,
            f"{prefix}_variances": self.variances,
            f"{prefix}_rest": rest,
        }

    @classmethod
    def of_arrays(cls, arrays: Mapping[str, NDArray[Any]], prefix: str) -> "Gaussian":
        """Made again from `arrays`.

        Raises:
            KeyError: An array is missing.
            ValueError: The arrays do not fit each other.
        """
        names = ("means", "axes", "variances", "rest")
        means, axes, variances, rest = (arrays[f"{prefix}_{name}"] for name in names)
        if axes.shape != (means.shape[1], len(variances)) or rest.shape != (1,):
            raise ValueError("the arrays of a normal distribution do not fit each other")
        if not (np.all(variances > 0) and rest[0] > 0):
            raise ValueError("a variance is not positive")
        return cls(means, axes, variances, float(rest[0]))


def fit_gaussian(features: Array, member: NDArray[np.intp], *, axes: int = AXES) -> Gaussian:
    """Fits means, and their covariance, shrunk as Ledoit and Wolf (2004) do.

    Args:
        features: (n, F).
        member: (n,) which of the K distributions each cell belongs to, 0 … K - 1, none empty.
        axes: r, at most.

    Raises:
        CalibrationError: There are too few cells, or the features never differ.
    """
    count = int(member.max()) + 1
    if len(features) <= count:
        raise CalibrationError(
            f"{len(features)} cells of {count} classes do not show how features vary within a "
            "class. Use more cells."
        )
    means = np.stack([features[member == k].mean(0) for k in range(count)])
    variances, vectors, mean_variance = _spectrum(features - means[member], axes)
    if not mean_variance > 0:
        raise CalibrationError("the features do not differ within any class; they tell nothing.")
    left = features.shape[1] - len(variances)
    rest = variances[-1]
    if left:
        rest = (mean_variance * features.shape[1] - variances.sum()) / left
    least = LEAST_VARIANCE * mean_variance
    return Gaussian(
        means.astype(np.float32),
        vectors.astype(np.float16),
        np.maximum(variances, least).astype(np.float32),
        float(max(rest, least)),
    )


def _spectrum(centred: Array, axes: int) -> tuple[Array, Array, float]:
    """(r,) largest variances, falling, (F, r) their axes, and the mean variance of a feature."""
    from scipy.linalg import eigh  # noqa: PLC0415 (judging needs none of it)
    from sklearn.covariance import ledoit_wolf_shrinkage  # noqa: PLC0415

    width = centred.shape[1]
    covariance = centred.T @ centred / len(centred)
    mean = float(np.trace(covariance) / width)
    shrinkage = float(ledoit_wolf_shrinkage(centred, assume_centered=True))
    first = max(0, width - axes)
    values, vectors = eigh(covariance, subset_by_index=(first, width - 1))
    shrunk = (1 - shrinkage) * np.maximum(values, 0) + shrinkage * mean
    return shrunk[::-1], vectors[:, ::-1], mean
