"""What is left of the error if the least sure cells go to a person.

All functions take `wrong` and `kept`, the (k + 1, …) mistakes and cells at or above each distinct
confidence (`Ranking.counts` of the mistakes: `true` = wrong, `true + false` = kept), so cells of
equal confidence are kept or left together.
"""

import numpy as np
from scipy.special import xlog1py

from hemoscope.evaluation.arrays import Array
from hemoscope.evaluation.classification import ratio
from hemoscope.evaluation.result import RiskCoverageCurve
from hemoscope.evaluation.thinning import thin


def aurc(wrong: Array, kept: Array) -> Array:
    """(…) mean, over cells, of the risk at the coverage at which the cell is still kept.

    (1/n) sum over k of (mistakes among the k surest) / k (Geifman, Uziel and El-Yaniv 2019).
    """
    risk = np.divide(wrong[1:], kept[1:], out=np.zeros_like(wrong[1:]), where=kept[1:] > 0)
    return ratio((np.diff(kept, axis=0) * risk).sum(0), kept[-1])


def optimal_aurc(error: float) -> float:
    """AURC, for many cells, of an ordering that puts every mistake last: r + (1 - r) ln(1 - r)."""
    return float(error + xlog1py(1 - error, -error))


def coverage_at_error(wrong: Array, kept: Array, error: float) -> Array:
    """(…) the largest share of cells that can be kept with an error of at most `error`.

    0 if not even the surest cells meet it.
    """
    met = wrong <= error * kept * (1 + 1e-12)
    return ratio(np.where(met, kept, 0).max(0), kept[-1])


def risk_coverage_curve(wrong: Array, kept: Array, thresholds: Array) -> RiskCoverageCurve:
    """The curve, thinned for drawing."""
    coverage, risk = kept[1:] / kept[-1], wrong[1:] / kept[1:]
    keep = thin(coverage, risk)
    return RiskCoverageCurve(coverage[keep], risk[keep], thresholds[keep])
