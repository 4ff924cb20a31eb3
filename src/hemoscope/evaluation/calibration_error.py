"""How far stated probabilities lie from what came true."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import rel_entr
from sklearn.isotonic import IsotonicRegression

from hemoscope.evaluation.bins import Bins, frequencies


def expected_calibration_error(bins: Bins) -> float:
    """Sum over bins of (share of cells) x |observed - stated|, in [0, 1].

    ECE with equal-width bins (Naeini 2015; Guo 2017), adaptive ECE with bins of equal mass
    (Nguyen and O'Connor 2015). Biased upward: noise in a bin never cancels.
    """
    return float(np.abs(bins.gap).sum())


def maximum_calibration_error(bins: Bins) -> tuple[float, int]:
    """The largest |observed - stated| of a bin that holds a cell, and that bin's index."""
    stated, observed = frequencies(bins)
    gap = np.abs(observed - stated)
    worst = int(np.nanargmax(gap))
    return float(gap[worst]), worst


def integrated_calibration_index(stated: ArrayLike, outcome: ArrayLike) -> float:
    """Mean |stated - recalibrated| with the isotonic recalibration, in [0, 1].

    Austin and Steyerberg (2019) smooth with loess; its span of 0.75 cannot follow scores that
    crowd at 0 and 1. The isotonic fit has no tuning and is the consistent choice of the CORP
    reliability diagram (Dimitriadis, Gneiting and Jordan 2021). It is fitted on the same cells,
    so it is biased upward like ECE.
    """
    stated = np.asarray(stated, np.float64)
    fit = IsotonicRegression(y_min=0, y_max=1).fit(stated, np.asarray(outcome, np.float64))
    return float(np.abs(fit.predict(stated) - stated).mean())


def calibration_divergence(bins: Bins) -> float:
    """Sum over bins of (share of cells) x KL(observed || stated), nats; may be inf.

    The divergence of two Bernoulli distributions, the bin's observed frequency from its mean
    stated probability: the miscalibration part of the logarithmic score on binned forecasts.
    """
    held = bins.count > 0
    stated, observed = (values[held] for values in frequencies(bins))
    stated = np.clip(stated, 0, 1)
    divergence = rel_entr(observed, stated) + rel_entr(1 - observed, 1 - stated)
    return float((bins.count[held] * divergence).sum() / bins.count.sum())
