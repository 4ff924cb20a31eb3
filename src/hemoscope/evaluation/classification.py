"""Accuracy, precision, recall, F1 and specificity, all from one confusion matrix.

Every function takes counts of shape (..., C, C), row = truth, column = prediction, and
broadcasts over the leading axes, so that one call scores a thousand bootstrap resamples. A value
that does not exist (no cell of a class) is nan here; `evaluate` turns it into None and says why.
"""

import numpy as np
from numpy.typing import ArrayLike

from hemoscope.evaluation.arrays import Array


def ratio(numerator: ArrayLike, denominator: ArrayLike) -> Array:
    """Element-wise quotient; nan where the denominator is 0."""
    top, bottom = np.broadcast_arrays(
        np.asarray(numerator, np.float64), np.asarray(denominator, np.float64)
    )
    return np.divide(top, bottom, out=np.full(top.shape, np.nan), where=bottom != 0)


def accuracy(matrix: ArrayLike) -> Array:
    """(...) share of cells on the diagonal, in [0, 1]."""
    counts = np.asarray(matrix, np.float64)
    return ratio(np.trace(counts, axis1=-2, axis2=-1), counts.sum((-2, -1)))


def support(matrix: ArrayLike) -> Array:
    """(..., C) number of cells of each class."""
    return np.asarray(matrix, np.float64).sum(-1)


def recall(matrix: ArrayLike) -> Array:
    """(..., C) TP / (TP + FN); nan for a class without cells."""
    return ratio(_hits(matrix), support(matrix))


def precision(matrix: ArrayLike) -> Array:
    """(..., C) TP / (TP + FP); nan for a class that was never predicted."""
    return ratio(_hits(matrix), np.asarray(matrix, np.float64).sum(-2))


def f1(matrix: ArrayLike) -> Array:
    """(..., C) 2 TP / (2 TP + FP + FN); nan for a class neither present nor predicted.

    It is 0, not nan, for a class that has cells and was never predicted.
    """
    counts = np.asarray(matrix, np.float64)
    return ratio(2 * _hits(counts), counts.sum(-1) + counts.sum(-2))


def specificity(matrix: ArrayLike) -> Array:
    """(..., C) TN / (TN + FP); nan where every cell is of the class."""
    counts = np.asarray(matrix, np.float64)
    negatives = counts.sum((-2, -1))[..., None] - counts.sum(-1)
    return ratio(negatives - (counts.sum(-2) - _hits(counts)), negatives)


def balanced_accuracy(matrix: ArrayLike) -> Array:
    """(...) mean recall over the classes that occur."""
    return macro(recall(matrix), matrix)


def macro(per_class: ArrayLike, matrix: ArrayLike) -> Array:
    """(...) unweighted mean over the classes that occur.

    Nan if the value of a class that occurs is nan: leaving it out would flatter a model that
    never predicts a hard class (scikit-learn counts it as 0 and warns).
    """
    present = support(matrix) > 0
    total = np.where(present, per_class, 0.0).sum(-1)
    return ratio(total, present.sum(-1))


def weighted(per_class: ArrayLike, matrix: ArrayLike) -> Array:
    """(...) mean over classes, weighted by support; nan as in `macro`."""
    counts = support(matrix)
    total = np.where(counts > 0, np.asarray(per_class) * counts, 0.0).sum(-1)
    return ratio(total, counts.sum(-1))


def f1_sd(matrix: ArrayLike) -> Array:
    """(...) standard deviation (n - 1) of F1 over the classes that occur; nan below two."""
    counts = np.asarray(matrix, np.float64)
    present = support(counts) > 0
    deviation = np.where(present, f1(counts) - macro(f1(counts), counts)[..., None], 0.0)
    below = present.sum(-1) - 1
    return np.sqrt(ratio((deviation**2).sum(-1), np.maximum(below, 0)))


def _hits(matrix: ArrayLike) -> Array:
    return np.diagonal(np.asarray(matrix, np.float64), axis1=-2, axis2=-1)
