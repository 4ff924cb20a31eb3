"""Bins of stated probabilities, and what is counted in each."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike

from hemoscope.evaluation.arrays import Array, Indices
from hemoscope.evaluation.classification import ratio


@dataclass(frozen=True, eq=False)
class Bins:
    """n stated probabilities and 0/1 outcomes, counted in B bins.

    Attributes:
        edges: (B + 1,) borders; a bin holds (lower, upper], the first one 0 too.
        index: (n,) bin of each cell.
        count: (B,) cells.
        stated: (B,) sum of stated probabilities.
        observed: (B,) sum of outcomes.
    """

    edges: Array
    index: Indices
    count: Array
    stated: Array
    observed: Array

    @property
    def gap(self) -> Array:
        """(B,) share of cells in the bin x (observed - stated frequency there)."""
        return (self.observed - self.stated) / self.count.sum()


def equal_width_edges(bins: int) -> Array:
    """(B + 1,) borders of B bins of equal width on [0, 1]."""
    return np.linspace(0, 1, bins + 1)


def equal_mass_edges(stated: ArrayLike, bins: int) -> Array:
    """(≤ B + 1,) borders of bins that hold, ties apart, as many cells each.

    The outer borders are 0 and 1. Equal stated values fall in one bin, so there are fewer bins
    where many values are equal.
    """
    inner = np.quantile(np.asarray(stated), np.arange(1, bins) / bins, method="inverted_cdf")
    return np.unique(np.concatenate([[0.0], inner, [1.0]]))


def binned(stated: ArrayLike, outcome: ArrayLike, edges: Array) -> Bins:
    """Counts cells in bins.

    Args:
        stated: (n,) probabilities in [0, 1].
        outcome: (n,) booleans or 0/1.
        edges: (B + 1,) borders from 0 to 1.
    """
    stated = np.asarray(stated, np.float64)
    size = len(edges) - 1
    index = (np.searchsorted(edges, stated, side="left") - 1).clip(0, size - 1)
    return Bins(
        edges=edges,
        index=index,
        count=np.bincount(index, minlength=size).astype(np.float64),
        stated=np.bincount(index, stated, size).astype(np.float64),
        observed=np.bincount(index, np.asarray(outcome, np.float64), size).astype(np.float64),
    )


def frequencies(bins: Bins) -> tuple[Array, Array]:
    """(B,) mean stated and observed frequency of each bin; nan where it is empty."""
    return ratio(bins.stated, bins.count), ratio(bins.observed, bins.count)
