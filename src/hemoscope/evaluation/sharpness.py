"""How concentrated probabilities are, and how sure a model is when right and when wrong."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import entr

from hemoscope.evaluation.arrays import Array
from hemoscope.evaluation.result import Confidence, ConfidenceHistogram, Sharpness

HISTOGRAM_BINS = 50


def entropies(probabilities: ArrayLike) -> Array:
    """(n,) entropy of each row, nats, in [0, ln C]."""
    return entr(np.asarray(probabilities, np.float64)).sum(-1)


def sharpness(probabilities: ArrayLike) -> Sharpness:
    """Mean entropy of the rows of (n, C) probabilities, and the same over ln C."""
    scores = np.asarray(probabilities, np.float64)
    entropy = float(entropies(scores).mean())
    return Sharpness(entropy, entropy / float(np.log(scores.shape[1])))


def mean_confidence(confidence: ArrayLike, right: ArrayLike) -> Confidence:
    """Mean confidence over all cells, over those called right, and over those called wrong."""
    sure, right = np.asarray(confidence, np.float64), np.asarray(right, bool)
    when_right = float(sure[right].mean()) if right.any() else None
    when_wrong = float(sure[~right].mean()) if not right.all() else None
    both = when_right is not None and when_wrong is not None
    gap = when_right - when_wrong if both else None  # type: ignore[operator]
    return Confidence(float(sure.mean()), when_right, when_wrong, gap)


def confidence_histogram(
    confidence: ArrayLike, right: ArrayLike, bins: int = HISTOGRAM_BINS
) -> ConfidenceHistogram:
    """Counts of confidence on [0, 1], for cells called right and for cells called wrong."""
    sure, right = np.asarray(confidence, np.float64), np.asarray(right, bool)
    edges = np.linspace(0, 1, bins + 1)
    return ConfidenceHistogram(
        edges=edges,
        right=np.histogram(sure[right], edges)[0],
        wrong=np.histogram(sure[~right], edges)[0],
    )
