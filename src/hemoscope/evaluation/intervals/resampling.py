"""`Resampling`: how often each cell counts in each bootstrap resample."""

from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np

from hemoscope.evaluation.arrays import Array, Indices

CELLS_AT_ONCE = 1_000_000  # bounds memory: a block of weights is about 8 MB


@dataclass(frozen=True, eq=False)
class Resampling:
    """A plan of bootstrap resamples.

    Attributes:
        truth: (n,) class indices; resampled within each class, so supports stay as they are.
        groups: (n,) group indices: whole groups are drawn instead, and supports vary. None for
            independent cells.
        resamples: How many.
        seed: Two models on the same cells with the same seed get the same resamples, which
            makes their differences paired.
    """

    truth: Indices
    groups: Indices | None
    resamples: int
    seed: int

    @property
    def method(self) -> str:
        """Its name in an `Interval`: "bootstrap-grouped" or "bootstrap-stratified"."""
        return "bootstrap-stratified" if self.groups is None else "bootstrap-grouped"

    def blocks(self) -> Iterator[Array]:
        """(n, ≤ 32) float weights, block after block, `resamples` columns in all."""
        rng = np.random.default_rng(self.seed)
        size = int(np.clip(CELLS_AT_ONCE // len(self.truth), 1, 32))
        strata = None if self.groups is not None else _strata(self.truth)
        for start in range(0, self.resamples, size):
            columns = min(size, self.resamples - start)
            if self.groups is not None:
                yield _draw(rng, int(self.groups.max()) + 1, columns)[self.groups]
            elif strata is not None:
                yield _stratified(rng, strata, len(self.truth), columns)


def _strata(truth: Indices) -> list[Indices]:
    return [np.flatnonzero(truth == c) for c in np.unique(truth)]


def _stratified(rng: np.random.Generator, strata: list[Indices], cells: int, columns: int) -> Array:
    weights = np.empty((cells, columns))
    for rows in strata:
        weights[rows] = _draw(rng, len(rows), columns)
    return weights


def _draw(rng: np.random.Generator, size: int, columns: int) -> Array:
    """(size, columns) how often each of `size` things is drawn in `size` draws."""
    drawn = rng.integers(size, size=(size, columns)) * columns + np.arange(columns)
    return (
        np.bincount(drawn.ravel(), minlength=size * columns)
        .reshape(size, columns)
        .astype(np.float64)
    )
