"""How alike two maps are."""

import numpy as np
from numpy.typing import NDArray
from scipy.ndimage import gaussian_filter
from scipy.stats import rankdata

SIGMA, REACH = 1.5, 5  # Wang et al. (2004): a Gaussian window of 11 x 11
STABILISERS = (0.01**2, 0.03**2)  # for values in [0, 1]

Map = NDArray[np.floating]


def rank_correlation(one: Map, other: Map) -> float:
    """Spearman's rank correlation of two maps, in [-1, 1].

    Returns:
        0 where a map is the same everywhere: it has no order that another could share.
    """
    a, b = rankdata(one), rankdata(other)
    a, b = a - a.mean(), b - b.mean()
    norm = float(np.sqrt((a @ a) * (b @ b)))
    return 0.0 if norm == 0 else float(a @ b) / norm


def structural_similarity(one: Map, other: Map) -> float:
    """Mean SSIM (Wang et al., IEEE TIP 2004) of two maps, each stretched to [0, 1] first.

    Args:
        one: (h, w).
        other: (h, w).

    Returns:
        In [-1, 1]; 1 for maps that differ in scale and offset only.
    """
    a, b = _stretched(one), _stretched(other)
    mean_a, mean_b = _smooth(a), _smooth(b)
    spread_a = _smooth(a * a) - mean_a**2
    spread_b = _smooth(b * b) - mean_b**2
    shared = _smooth(a * b) - mean_a * mean_b
    c1, c2 = STABILISERS
    similarity = ((2 * mean_a * mean_b + c1) * (2 * shared + c2)) / (
        (mean_a**2 + mean_b**2 + c1) * (spread_a + spread_b + c2)
    )
    return float(similarity.mean())


def _stretched(values: Map) -> NDArray[np.float64]:
    shifted = values.astype(np.float64) - values.min()
    highest = shifted.max()
    return shifted if highest == 0 else shifted / highest


def _smooth(values: NDArray[np.float64]) -> NDArray[np.float64]:
    return gaussian_filter(values, SIGMA, radius=REACH, mode="mirror")
