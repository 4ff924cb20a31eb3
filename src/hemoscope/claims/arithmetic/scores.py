"""Precision, recall, F1 and their averages, over intervals."""

from collections.abc import Sequence
from fractions import Fraction
from itertools import product
from math import sqrt

from hemoscope.claims.interval import ONE, Interval, total


def f1(precision: Interval, recall: Interval) -> Interval:
    """F1 = 2 / (1 / precision + 1 / recall): each stands in it once, so the ends are exact."""
    both = ONE / precision.within(0, 1) + ONE / recall.within(0, 1)
    return Interval.exactly(2) / both


def mean(values: Sequence[Interval]) -> Interval:
    """The unweighted ("macro") mean."""
    return total(values).scaled(Fraction(1, len(values)))


def weighted_mean(values: Sequence[Interval], weights: Sequence[int]) -> Interval:
    """The mean weighted by whole-number supports."""
    parts = [value.scaled(weight) for value, weight in zip(values, weights, strict=True)]
    return total(parts).scaled(Fraction(1, sum(weights)))


def standard_deviation_range(values: Sequence[Interval], *, lost: int) -> tuple[float, float]:
    """The least and greatest standard deviation that values within intervals can have.

    The sum of squares about the mean is convex in the values. Its greatest value is thus at a
    corner; its least is the smallest over one centre c of the squared distances from c to the
    intervals, found by bisection on the slope.

    Args:
        values: The intervals; 2 ** len(values) corners are tried.
        lost: Degrees of freedom lost: 0 for the population's, 1 for a sample's.
    """
    divisor = len(values) - lost
    corners = product(*((float(v.low), float(v.high)) for v in values))
    return (
        sqrt(_least_squares(values) / divisor),
        sqrt(max(_squares_about_mean(corner) for corner in corners) / divisor),
    )


def _squares_about_mean(values: Sequence[float]) -> float:
    centre = sum(values) / len(values)
    return sum((value - centre) ** 2 for value in values)


def _least_squares(values: Sequence[Interval]) -> float:
    low, high = float(min(v.low for v in values)), float(max(v.high for v in values))
    for _ in range(80):
        centre = (low + high) / 2
        slope = sum(centre - min(max(centre, float(v.low)), float(v.high)) for v in values)
        low, high = (low, centre) if slope > 0 else (centre, high)
    centre = (low + high) / 2
    return sum((centre - min(max(centre, float(v.low)), float(v.high))) ** 2 for v in values)
