"""Brier scores and Murphy's decomposition."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike

from hemoscope.evaluation.bins import Bins, frequencies
from hemoscope.evaluation.result import BrierFigures


def brier_score(stated: ArrayLike, outcome: ArrayLike) -> float:
    """Mean of (stated - outcome)², in [0, 1], for one event (one class against the rest)."""
    difference = np.asarray(stated, np.float64) - np.asarray(outcome, np.float64)
    return float((difference**2).mean())


def murphy(score: float, bins: Bins) -> BrierFigures:
    """Splits a Brier score into reliability - resolution + uncertainty (Murphy 1973).

    The parts are taken over the bins' means. On forecasts that differ within a bin a rest
    remains (Stephenson, Coelho and Jolliffe 2008); it is given as `within_bin`.
    """
    held = bins.count > 0
    stated, observed = (values[held] for values in frequencies(bins))
    share = bins.count[held] / bins.count.sum()
    base = float(bins.observed.sum() / bins.count.sum())
    reliability = float((share * (stated - observed) ** 2).sum())
    resolution = float((share * (observed - base) ** 2).sum())
    uncertainty = base * (1 - base)
    rest = score - (reliability - resolution + uncertainty)
    return BrierFigures(score, reliability, resolution, uncertainty, rest)


def brier_sum(parts: Sequence[BrierFigures], factor: float = 1.0) -> BrierFigures:
    """The parts of several classes added up, times a factor (1/C for the class mean)."""
    names = ("score", "reliability", "resolution", "uncertainty", "within_bin")
    return BrierFigures(*(factor * sum(getattr(p, name) for p in parts) for name in names))
