"""Which class is taken for which."""

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import xlogy

from hemoscope.evaluation.arrays import Array, Counts
from hemoscope.evaluation.result import ConfusedPair

TOP_PAIRS = 3


def confusion_matrix(truth: ArrayLike, predicted: ArrayLike, classes: int) -> Counts:
    """(C, C) counts; row = truth, column = prediction.

    Args:
        truth: (n,) class indices.
        predicted: (n,) class indices.
        classes: C.
    """
    pairs = np.asarray(truth) * classes + np.asarray(predicted)
    return np.bincount(pairs, minlength=classes**2).reshape(classes, classes)


def confused_pairs(matrix: ArrayLike, classes: tuple[str, ...]) -> tuple[ConfusedPair, ...]:
    """The pairs of classes with any confusion, most confused first (then by position)."""
    counts = np.asarray(matrix)
    pairs = [
        _pair(counts, classes, i, j)
        for i in range(len(classes))
        for j in range(i + 1, len(classes))
        if counts[i, j] + counts[j, i] > 0
    ]
    return tuple(sorted(pairs, key=lambda pair: -pair.count))


def error_entropy(matrix: ArrayLike) -> float:
    """Entropy (nats) of the mistakes over the ordered pairs (truth, prediction).

    0 when all mistakes are of one kind; ln(C(C-1)) when they are spread evenly. nan without
    mistakes.
    """
    mistakes = _off_diagonal(matrix)
    if mistakes.sum() == 0:
        return float("nan")
    shares = mistakes / mistakes.sum()
    return float(-xlogy(shares, shares).sum())


def error_concentration(matrix: ArrayLike, top: int = TOP_PAIRS) -> float:
    """Share of the mistakes in the `top` most confused pairs, both directions together."""
    mistakes = _off_diagonal(matrix)
    if mistakes.sum() == 0:
        return float("nan")
    pairs = np.triu(mistakes + mistakes.T, 1)
    return float(np.sort(pairs, axis=None)[::-1][:top].sum() / mistakes.sum())


def _off_diagonal(matrix: ArrayLike) -> Array:
    counts = np.array(matrix, np.float64)
    np.fill_diagonal(counts, 0)
    return counts


def _pair(counts: NDArray, classes: tuple[str, ...], i: int, j: int) -> ConfusedPair:
    first, second = (i, j) if counts[i, j] >= counts[j, i] else (j, i)
    forward, backward = int(counts[first, second]), int(counts[second, first])
    population = int(counts[first].sum() + counts[second].sum())
    return ConfusedPair(
        first=classes[first],
        second=classes[second],
        first_as_second=forward,
        second_as_first=backward,
        count=forward + backward,
        share=(forward + backward) / population,
    )
