"""McNemar's test: do two models err equally often on the same cells?"""

from dataclasses import dataclass

from scipy.stats import binomtest, chi2

EXACT_BELOW = 25


@dataclass(frozen=True)
class McNemarTest:
    """Two-sided p-value, the statistic, and which form of the test gave it."""

    p: float
    statistic: float
    method: str


def mcnemar_test(only_first: int, only_second: int) -> McNemarTest:
    """McNemar's test (1947) from the cells that exactly one model called right.

    With fewer than 25 such cells the exact binomial test; else chi-squared with Edwards'
    continuity correction. With none p = 1. Cells are taken for independent.

    Args:
        only_first: Cells that only the first model called right.
        only_second: Cells that only the second model called right.
    """
    discordant = only_first + only_second
    if discordant < EXACT_BELOW:
        p = binomtest(only_first, discordant, 0.5).pvalue if discordant else 1.0
        return McNemarTest(float(p), float(min(only_first, only_second)), "exact")
    statistic = (abs(only_first - only_second) - 1) ** 2 / discordant
    if only_first == only_second:
        statistic = 0.0
    return McNemarTest(float(chi2.sf(statistic, 1)), float(statistic), "chi-squared")
