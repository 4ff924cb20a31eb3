"""What a few cells of a confusion matrix, or its accuracy, say about the rest of it."""

from collections.abc import Sequence
from fractions import Fraction
from math import log

from hemoscope.claims.interval import Interval


def precision_cap(right: int, false_positives: int) -> Fraction:
    """The highest precision of a class with at most `right` cells right.

    TP / (TP + FP) grows with TP and falls with FP.

    Args:
        right: The most cells of the class that can be right.
        false_positives: Cells of other classes known to be predicted as it.
    """
    return Fraction(right, right + false_positives)


def recall_cap(support: int, missed: int) -> Fraction:
    """The highest recall of a class of which that many cells are known to be missed."""
    return Fraction(support - missed, support)


def kappa_range(right: int, supports: Sequence[int]) -> Interval:
    """All values that Cohen's kappa can take with these supports and this many cells right.

    Agreement by chance is Σ sₖ pₖ / n², with pₖ cells predicted as class k. Were p = s it would
    be Σ sₖ² / n²; each of the n − right errors moves one prediction from one class to another
    and so changes Σ sₖ pₖ by at most max(s) − min(s).

    Cohen, Educational and Psychological Measurement 20 (1960), 37.
    """
    size = sum(supports)
    drift = (size - right) * (max(supports) - min(supports))
    squares = sum(support**2 for support in supports)
    chance = Interval(Fraction(squares - drift, size**2), Fraction(squares + drift, size**2))
    observed = Fraction(right, size)
    # (po − pe) / (1 − pe) = 1 − (1 − po) / (1 − pe), where pe stands once.
    one = Interval.exactly(1)
    return one - Interval.exactly(1 - observed) / (one - chance)


def least_entropy(errors: int, largest: int) -> float:
    """The least entropy (nats) of errors over cells none of which holds more than `largest`.

    Entropy is concave, so the least is at a corner: full cells, and one with the remainder.
    """
    full, rest = divmod(errors, largest)
    shares = [largest / errors] * full + ([rest / errors] if rest else [])
    return -sum(share * log(share) for share in shares)


def entropy_range(choices: Sequence[Sequence[int]], errors: int) -> tuple[float, float]:
    """The least and greatest entropy (nats) of errors over classes, one count from each choice.

    Raises:
        ValueError: If no choice of counts adds up to `errors`.
    """
    least, greatest = {0: 0.0}, {0: 0.0}
    for counts in choices:
        least = _add_terms(least, counts, errors, sign=1)
        greatest = _add_terms(greatest, counts, errors, sign=-1)
    if errors not in least:
        raise ValueError(f"no choice of counts adds up to {errors}")
    return least[errors], -greatest[errors]


def _add_terms(
    best: dict[int, float], counts: Sequence[int], errors: int, *, sign: int
) -> dict[int, float]:
    found: dict[int, float] = {}
    for done, value in best.items():
        for count in counts:
            share = count / errors
            grown = value - sign * (share * log(share) if count else 0.0)
            found[done + count] = min(grown, found.get(done + count, float("inf")))
    return found
