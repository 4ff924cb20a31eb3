"""What coverage theory gives: the yardstick for the sets' empirical coverage."""

from typing import Any

from hemoscope.calibration.conformal.quantile import conformal_rank


def coverage_distribution(fitted: int, tested: int, alpha: float) -> Any:
    """Distribution of how many of `tested` new cells are covered by sets from `fitted` cells.

    Beta-binomial with k and n + 1 - k, where k = ceil((n + 1)(1 - alpha)) (Vovk 2012; Angelopoulos
    and Bates 2023, section 3.2). Exact for exchangeable cells whose scores have no ties, over the
    draw of both sets; and so, too, over random splits of one fixed pool of cells.

    Args:
        fitted: Cells that the threshold comes from; enough that there is one.
        tested: New cells.
        alpha: As for the sets.

    Returns:
        A frozen scipy.stats distribution of the number of covered cells.
    """
    from scipy.stats import betabinom  # noqa: PLC0415 (reading a calibration needs none of it)

    rank = conformal_rank(fitted, alpha)
    return betabinom(tested, rank, fitted + 1 - rank)
