"""`Ranking`: cells sorted once by score, counted under any weights afterwards.

ROC and precision-recall figures need only how many positives and negatives score at least each
threshold. Sorting is done once; a bootstrap resample is then one weighted running sum.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hemoscope.evaluation.classification import Array


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

    cells: NDArray[np.intp]
    positive: NDArray[np.bool_]
    ends: NDArray[np.intp]
    thresholds: Array
    size: int

    def counts(self, weights: Array | None = None) -> tuple[Array, Array]:
        """(k + 1, …) positives and negatives at or above each threshold, from 0 up.

        Args:
            weights: (n, R) how often each cell counts in each of R resamples; None = once.
        """
        ends = np.concatenate([[0], self.ends + 1])
        if weights is None:
            true = np.concatenate([[0], np.cumsum(self.positive)])[ends].astype(np.float64)
            return true, ends - true
        drawn = np.zeros((len(self.cells) + 1, weights.shape[1]))
        np.take(weights, self.cells, axis=0, out=drawn[1:])
        total = np.cumsum(drawn, axis=0)[ends]
        drawn[1:][~self.positive] = 0
        true = np.cumsum(drawn, axis=0, out=drawn)[ends]
        return true, total - true


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


def _ranking(positive: NDArray[np.bool_], score: Array, *, columns: int) -> Ranking:
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
