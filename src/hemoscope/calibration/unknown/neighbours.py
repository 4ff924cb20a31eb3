"""Strangeness by the nearest known cells."""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hemoscope.calibration.arrays import Array, Indices
from hemoscope.calibration.unknown.known_cells import KnownCells
from hemoscope.calibration.unknown.measure import checked_features

NEIGHBOURS = 5
BANK_BYTES = 700_000  # of reference features, one byte a number
STEPS = 127  # int8, symmetrical
ROWS_AT_ONCE = 512


@dataclass(frozen=True, eq=False)
class Neighbours:
    """Distance to the k-th nearest reference cell, features scaled to length 1 (Sun et al. 2022).

    Attributes:
        neighbours: k, from 1 to the number of reference cells.
        step: What one step of `bank` stands for.
        bank: (m, F) int8, the reference cells' unit features in steps.
    """

    neighbours: int
    step: float
    bank: NDArray[np.int8]
    method: str = "neighbours"
    needs_features: bool = True

    def score(self, logits: NDArray[Any], features: NDArray[Any] | None) -> Array:
        """(n,) Euclidean distances, 0 to about 2; the logits are not used."""
        cells = unit(checked_features(features, self.bank.shape[1]))
        bank = self.bank.astype(np.float64) * self.step
        squares = (bank**2).sum(1)
        parts = [
            self._distances(cells[start : start + ROWS_AT_ONCE], bank, squares)
            for start in range(0, len(cells), ROWS_AT_ONCE)
        ]
        return np.concatenate(parts) if parts else np.empty(0)

    def _distances(self, cells: Array, bank: Array, squares: Array) -> Array:
        apart = (cells**2).sum(1)[:, None] - 2 * cells @ bank.T + squares
        nearest = np.partition(apart, self.neighbours - 1, axis=1)[:, self.neighbours - 1]
        return np.sqrt(np.maximum(nearest, 0))

    def numbers(self) -> Mapping[str, float | int]:
        """`neighbours` and `step`."""
        return {"neighbours": self.neighbours, "step": self.step}

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """`bank`."""
        return {"bank": self.bank}


def fit_neighbours(
    reference: KnownCells, *, neighbours: int = NEIGHBOURS, size: int = BANK_BYTES, seed: int = 0
) -> Neighbours:
    """Keeps as many cells of each class as the file may hold, drawn at random.

    Args:
        reference: Cells with features.
        neighbours: k; fewer where there are not so many cells.
        size: Bytes that the reference features may take.
        seed: Seed of the draw.

    Raises:
        CalibrationError: The cells have no features.
    """
    width = 0 if reference.features is None else reference.features.shape[1]
    features = unit(checked_features(reference.features, width))
    per_class = max(1, size // (width * len(reference.classes)))
    kept = features[_draw(reference.truth, per_class, seed)]
    step = float(np.abs(kept).max() / STEPS) or 1.0
    bank = np.rint(kept / step).astype(np.int8)
    return Neighbours(min(neighbours, len(bank)), step, bank)


def unit(features: Array) -> Array:
    """Rows scaled to length 1; a row of zeros stays."""
    length = np.linalg.norm(features, axis=1, keepdims=True)
    return features / np.where(length > 0, length, 1)


def _draw(truth: Indices, per_class: int, seed: int) -> Indices:
    rng = np.random.default_rng(seed)
    rows = [rng.permutation(np.flatnonzero(truth == c))[:per_class] for c in np.unique(truth)]
    return np.sort(np.concatenate(rows))
