"""How far apart a class's scores lie for its own cells and for all others."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import rel_entr

from hemoscope.evaluation.arrays import Array, Indices
from hemoscope.evaluation.classification import ratio
from hemoscope.evaluation.result import ScoreHistogram

HISTOGRAM_BINS = 20


def histogram_index(scores: ArrayLike, bins: int = HISTOGRAM_BINS) -> Indices:
    """(…) bin of each score in [0, 1]; bins are [lower, upper), the last one closed."""
    return np.minimum((np.asarray(scores) * bins).astype(np.intp), bins - 1)


def score_histogram(
    scores: ArrayLike, positive: ArrayLike, bins: int = HISTOGRAM_BINS
) -> ScoreHistogram:
    """Counts of a class's probability among its own cells and among the others."""
    index, positive = histogram_index(scores, bins), np.asarray(positive, bool)
    return ScoreHistogram(
        edges=np.linspace(0, 1, bins + 1),
        positive=np.bincount(index[positive], minlength=bins),
        negative=np.bincount(index[~positive], minlength=bins),
    )


def jensen_shannon(positive: ArrayLike, negative: ArrayLike) -> Array:
    """(…) Jensen-Shannon divergence (base 2, in [0, 1]) of two histograms along the first axis.

    nan where either is empty. It is the divergence, the square of the distance that scipy gives.
    """
    first = ratio(positive, np.sum(positive, axis=0))
    second = ratio(negative, np.sum(negative, axis=0))
    middle = (first + second) / 2
    bits = (rel_entr(first, middle) + rel_entr(second, middle)).sum(0) / (2 * np.log(2))
    return np.clip(bits, 0, 1)
