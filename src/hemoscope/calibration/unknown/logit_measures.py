"""Strangeness by the logits alone: a model has little to say of what it does not know."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from hemoscope.calibration.arrays import Array


@dataclass(frozen=True)
class Energy:
    """The free energy -log Σ exp(z_c), at temperature 1 (Liu, Wang, Owens and Li 2020)."""

    method: str = "energy"
    needs_features: bool = False

    def score(self, logits: NDArray[Any], features: NDArray[Any] | None) -> Array:
        """(n,) energies; the features are not used."""
        return -np.asarray(logsumexp(np.asarray(logits, np.float64), axis=1))

    def numbers(self) -> Mapping[str, float | int]:
        """None."""
        return {}

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """None."""
        return {}


@dataclass(frozen=True)
class MaximumLogit:
    """The negative of the largest logit (Hendrycks et al. 2022)."""

    method: str = "max-logit"
    needs_features: bool = False

    def score(self, logits: NDArray[Any], features: NDArray[Any] | None) -> Array:
        """(n,) negative largest logits; the features are not used."""
        return -np.asarray(logits, np.float64).max(axis=1)

    def numbers(self) -> Mapping[str, float | int]:
        """None."""
        return {}

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """None."""
        return {}
