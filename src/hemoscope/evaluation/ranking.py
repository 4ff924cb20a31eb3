"""`Ranking`: cells sorted once by score, counted under any weights afterwards.

ROC and precision-recall figures need only how many positives and negatives score at least each
threshold. Sorting is done once; a bootstrap resample is then one weighted running sum.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike
from scipy.sparse import csr_array

from hemoscope.evaluation.arrays import Array, Flags, Indices


@dataclass(frozen=True, eq=False)
class Ranking:
    """m scored items, the highest first; each belongs to one of n cells.

    Attributes:
        cells: (m,) the cell of each item (row of the weights).
        positive: (m,) whether the item is positive.
        ends: (k,) index of the last item at each distinct score.
        thresholds: (k,) the distinct scores, falling.
        size: n, the number of cells.
    """

    cells: Indices
    positive: Flags
    ends: Indices
    thresholds: Array
    size: int

    def counts(self) -> tuple[Array, Array]:
        """(k + 1,) positives and negatives at or above each threshold, from 0 up."""
        ends = np.concatenate([[0], self.ends + 1])
        true = np.concatenate([[0], np.cumsum(self.positive)])[ends].astype(np.float64)
        return true, ends - true

    def weighable(self, *, merge: bool) -> "WeightedRanking":
        """The same, ready to be counted under many weights.

        Args:
            merge: Whether runs of thresholds without a positive may become one. That moves no
                corner of the ROC curve and no rise of recall, so the figures stay the same, with
                far fewer points; AURC needs all of them.
        """
        step = np.repeat(np.arange(len(self.ends)), np.diff(self.ends, prepend=-1))
        if merge:
            barren = np.bincount(step, self.positive) == 0
            fresh = ~(barren & np.concatenate([[False], barren[:-1]]))
            step = (np.cumsum(fresh) - 1)[step]
        return WeightedRanking(*(self._step_sums(step, kind) for kind in (True, False)))

    def _step_sums(self, step: Indices, kind: bool) -> csr_array:
        chosen = self.positive == kind
        steps = int(step[-1]) + 1
        ends = np.concatenate([[0], np.cumsum(np.bincount(step[chosen], minlength=steps))])
        values = np.ones(int(chosen.sum()))
        return csr_array((values, self.cells[chosen], ends), shape=(steps, self.size))


@dataclass(frozen=True, eq=False)
class WeightedRanking:
    """Which cells' positives and negatives come in at each of k steps down the ranking.

    Attributes:
        positives: (k, n) sparse.
        negatives: (k, n) sparse.
    """

    positives: csr_array
    negatives: csr_array

    def counts(self, weights: Array) -> tuple[Array, Array]:
        """(k + 1, R) weighted positives and negatives down to each step, from 0 up.

        Args:
            weights: (n, R) how often each cell counts in each of R resamples.
        """
        return _running(self.positives @ weights), _running(self.negatives @ weights)


def rank(positive: ArrayLike, score: ArrayLike) -> Ranking:
    """Sorts n cells by score.

    Args:
        positive: (n,) booleans.
        score: (n,) finite numbers, higher = more positive.
    """
    score = np.asarray(score, np.float64)
    return _ranking(np.asarray(positive, bool), score, columns=1)


def rank_pooled(truth: ArrayLike, probabilities: ArrayLike) -> Ranking:
    """Sorts all n·C pairs of cell and class together (the micro average).

    Args:
        truth: (n,) class indices.
        probabilities: (n, C).
    """
    scores = np.asarray(probabilities, np.float64)
    positive = np.asarray(truth)[:, None] == np.arange(scores.shape[1])
    return _ranking(positive.ravel(), scores.ravel(), columns=scores.shape[1])


def _ranking(positive: Flags, score: Array, *, columns: int) -> Ranking:
    order = np.argsort(-score, kind="stable")
    sorted_score = score[order]
    ends = np.append(np.flatnonzero(np.diff(sorted_score)), len(score) - 1)
    return Ranking(
        cells=order // columns,
        positive=positive[order],
        ends=ends,
        thresholds=sorted_score[ends],
        size=len(score) // columns,
    )


def _running(steps: Array) -> Array:
    sums = np.zeros((len(steps) + 1, steps.shape[1]))
    np.cumsum(steps, axis=0, out=sums[1:])
    return sums
