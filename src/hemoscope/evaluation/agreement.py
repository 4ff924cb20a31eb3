"""Agreement between truth and prediction beyond chance, from the confusion matrix."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import xlogy

from hemoscope.evaluation.arrays import Array
from hemoscope.evaluation.classification import accuracy, ratio


def kappa(matrix: ArrayLike) -> Array:
    """(...) Cohen's kappa, in [-1, 1]; nan where chance alone agrees always.

    (p_o - p_e) / (1 - p_e) with p_e the agreement of independent marginals (Cohen 1960).
    """
    counts = np.asarray(matrix, np.float64)
    total = counts.sum((-2, -1))
    chance = ratio((counts.sum(-1) * counts.sum(-2)).sum(-1), total**2)
    return ratio(accuracy(counts) - chance, 1 - chance)


def mcc(matrix: ArrayLike) -> Array:
    """(...) Matthews' correlation for C classes, R_K, in [-1, 1] (Gorodkin 2004).

    nan where all cells are of one class or all are called one class (scikit-learn gives 0).
    """
    counts = np.asarray(matrix, np.float64)
    truth, predicted = counts.sum(-1), counts.sum(-2)
    total = counts.sum((-2, -1))
    covariance = np.trace(counts, axis1=-2, axis2=-1) * total - (truth * predicted).sum(-1)
    spread = (total**2 - (truth**2).sum(-1)) * (total**2 - (predicted**2).sum(-1))
    return ratio(covariance, np.sqrt(spread))


def normalised_mutual_information(matrix: ArrayLike) -> Array:
    """(...) mutual information over the mean of both entropies, in [0, 1].

    nan where truth and prediction are both constant (scikit-learn gives 1).
    """
    counts = np.asarray(matrix, np.float64)
    joint = ratio(counts, counts.sum((-2, -1))[..., None, None])
    truth, predicted = _entropy(joint.sum(-1)), _entropy(joint.sum(-2))
    flat = joint.reshape(*joint.shape[:-2], -1)
    information = np.maximum(truth + predicted - _entropy(flat), 0)
    return ratio(information, (truth + predicted) / 2)


def _entropy(shares: Array) -> Array:
    return -xlogy(shares, shares).sum(-1)
