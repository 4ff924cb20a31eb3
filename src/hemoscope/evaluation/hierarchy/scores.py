"""Hierarchical precision, recall and F, depth of the common ancestor, accuracy by level.

Every function takes counts (..., C, C), row = truth, column = prediction, and broadcasts over the
leading axes, as in `evaluation.classification`.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import ArrayLike

from hemoscope.evaluation.arrays import Array, Flags, Indices
from hemoscope.evaluation.classification import ratio
from hemoscope.evaluation.hierarchy.tree import Hierarchy


@dataclass(frozen=True, eq=False)
class Distances:
    """How classes stand to each other in a tree.

    Attributes:
        depth: (C,) number of ancestors with the class itself and without the root.
        common: (C, C) number of them that two classes share: the depth of their lowest common
            ancestor.
    """

    depth: Indices
    common: Indices

    @classmethod
    def of(cls, hierarchy: Hierarchy, classes: Sequence[str]) -> Self:
        """Measures the classes.

        Raises:
            HierarchyError: A class is not in the tree, or stands above another.
        """
        hierarchy.check(classes)
        lines = [hierarchy.line(name) for name in classes]
        common = [[len(hierarchy.common(a, b)) for b in classes] for a in classes]
        return cls(np.array([len(line) for line in lines]), np.array(common))


def hierarchical_precision(matrix: ArrayLike, distances: Distances) -> Array:
    """(...) Σ |P ∩ T| / Σ |P|, P and T being the ancestors of prediction and truth.

    Each set holds the class itself and not the root; the sums go over cells (Kiritchenko, Matwin
    and Famili 2005; recommended by Silla and Freitas 2011, eq. 1).
    """
    return ratio(_sum(matrix, distances.common), _sum(matrix, distances.depth[None, :]))


def hierarchical_recall(matrix: ArrayLike, distances: Distances) -> Array:
    """(...) Σ |P ∩ T| / Σ |T|, as in `hierarchical_precision`."""
    return ratio(_sum(matrix, distances.common), _sum(matrix, distances.depth[:, None]))


def hierarchical_f1(matrix: ArrayLike, distances: Distances) -> Array:
    """(...) harmonic mean of hierarchical precision and recall: 2 Σ |P ∩ T| / Σ (|P| + |T|)."""
    sizes = distances.depth[None, :] + distances.depth[:, None]
    return ratio(2 * _sum(matrix, distances.common), _sum(matrix, sizes))


def mean_common_depth(matrix: ArrayLike, distances: Distances) -> Array:
    """(...) mean depth of the lowest common ancestor of truth and prediction; the root has 0."""
    return ratio(_sum(matrix, distances.common), np.asarray(matrix, np.float64).sum((-2, -1)))


def mean_distance(matrix: ArrayLike, distances: Distances) -> Array:
    """(...) mean number of edges between truth and prediction."""
    edges = distances.depth[None, :] + distances.depth[:, None] - 2 * distances.common
    return ratio(_sum(matrix, edges), np.asarray(matrix, np.float64).sum((-2, -1)))


def accuracy_at(matrix: ArrayLike, same: Flags) -> Array:
    """(...) share of cells whose prediction has the truth's ancestor at a level.

    Args:
        matrix: (..., C, C).
        same: (C, C) whether two classes have one ancestor there; see `same_at`.
    """
    return ratio(_sum(matrix, same), np.asarray(matrix, np.float64).sum((-2, -1)))


def same_at(hierarchy: Hierarchy, classes: Sequence[str], level: str) -> Flags:
    """(C, C) whether two classes have the same ancestor at a level."""
    above = np.array([hierarchy.at(name, level) for name in classes])
    return above[:, None] == above[None, :]


def mistakes_only(matrix: ArrayLike) -> Array:
    """(..., C, C) the counts without the diagonal."""
    counts = np.asarray(matrix, np.float64)
    return counts * (1 - np.eye(counts.shape[-1]))


def _sum(matrix: ArrayLike, weights: ArrayLike) -> Array:
    return (np.asarray(matrix, np.float64) * np.asarray(weights, np.float64)).sum((-2, -1))
