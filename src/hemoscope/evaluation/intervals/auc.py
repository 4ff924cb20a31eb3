"""Intervals of an AUC from its variance."""

import numpy as np
from scipy.optimize import brentq
from scipy.special import expit, logit
from scipy.stats import norm, t


def logit_limits(
    auc: float, variance: float, level: float = 0.95, freedom: float = np.inf
) -> tuple[float, float]:
    """DeLong's interval on the logit scale; it stays in [0, 1] and holds its level near 1.

    logit(AUC) ± t·SE / (AUC (1 - AUC)) (Qin and Hotilovac 2008; Pepe 2003, section 5.2.4).

    Args:
        auc: In (0, 1).
        variance: Above 0.
        level: Nominal coverage.
        freedom: Degrees of freedom of the variance (`influence_freedom`).
    """
    half = float(t.ppf((1 + level) / 2, freedom)) * np.sqrt(variance) / (auc * (1 - auc))
    return float(expit(logit(auc) - half)), float(expit(logit(auc) + half))


def newcombe_limits(
    auc: float, positives: int, negatives: int, level: float = 0.95
) -> tuple[float, float]:
    """Newcombe's score-like interval (method 5, 2006), which also exists at AUC 0 and 1.

    Solves |AUC - θ| = z·√V(θ), V(θ) = θ(1-θ) [1 + N·((1-θ)/(2-θ) + θ/(1+θ))] / (mn), where
    N = (m + n)/2 - 1. Used only where all cells are separated perfectly, where DeLong's variance
    is 0.
    """
    quantile = float(norm.ppf((1 + level) / 2))
    half_size = (positives + negatives) / 2 - 1

    def excess(theta: float) -> float:
        shape = 1 + half_size * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        variance = theta * (1 - theta) * shape / (positives * negatives)
        return (auc - theta) ** 2 - quantile**2 * variance

    low = 0.0 if auc <= 0 else brentq(excess, 0.0, auc - 1e-12)
    high = 1.0 if auc >= 1 else brentq(excess, auc + 1e-12, 1.0)
    return float(low), float(high)
