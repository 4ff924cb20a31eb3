"""The exact binomial test of an error rate, and how many cells it takes."""

import math

from numpy.typing import ArrayLike
from scipy.special import betainc

from hemoscope.calibration.arrays import Array


def error_p_value(errors: ArrayLike, cells: ArrayLike, max_error: float) -> Array:
    """P(Binomial(cells, max_error) ≤ errors): how odd so few errors are if the rate is too high.

    Below 1 - confidence exactly where the upper limit of Clopper and Pearson at that
    confidence is below `max_error`. Takes fractions of errors too, for expected counts.

    Args:
        errors: Errors, at least 0.
        cells: Cells, more than errors.
        max_error: The rate that is tested, in (0, 1).
    """
    return betainc(cells - errors, errors + 1.0, 1 - max_error)  # type: ignore[operator]


def cells_needed(max_error: float, confidence: float, errors: int = 0) -> int:
    """The fewest accepted cells that show an error of at most `max_error`, with `errors` errors.

    Without an error: n ≥ ln(1 - confidence) / ln(1 - max_error).
    """
    enough = max(errors + 1, math.ceil(math.log(1 - confidence) / math.log(1 - max_error) - 1e-9))
    while error_p_value(errors, enough, max_error) > 1 - confidence:
        enough += max(1, enough // 64)
    while enough > errors + 1 and error_p_value(errors, enough - 1, max_error) <= 1 - confidence:
        enough -= 1
    return enough
