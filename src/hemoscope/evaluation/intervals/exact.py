"""The exact one-sided limit of a proportion."""

from scipy.stats import binomtest


def upper_limit(successes: int, trials: int, level: float = 0.95) -> float:
    """One-sided upper limit of the proportion of independent trials (Clopper and Pearson 1934).

    The lower limit is 1 less that of the failures. Without trials nothing is known, and it is 1.

    Args:
        successes: From 0 to `trials`.
        trials: At least 0.
        level: Nominal coverage, in (0, 1).
    """
    if trials == 0:
        return 1.0
    test = binomtest(successes, trials, alternative="less")
    return float(test.proportion_ci(level, "exact").high)
