"""Closed intervals of exact fractions: all the values that a printed number may stand for.

A number printed as 0.92 stands for any value from 0.915 to 0.925. Arithmetic on such intervals
holds every value that the true numbers could give, so two printed numbers contradict each
other only when their intervals do not meet. Fractions keep that free of rounding of our own.
"""

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from fractions import Fraction


@dataclass(frozen=True)
class Interval:
    """All values from `low` to `high`, ends included.

    Raises:
        ValueError: If `low` exceeds `high`.
    """

    low: Fraction
    high: Fraction

    def __post_init__(self) -> None:
        if self.low > self.high:
            raise ValueError(f"an interval cannot run from {self.low} to {self.high}")

    @classmethod
    def exactly(cls, value: Fraction | int) -> "Interval":
        """The interval that holds one value."""
        return cls(Fraction(value), Fraction(value))

    @classmethod
    def printed(cls, text: str) -> "Interval":
        """All values that round to a printed decimal, half a unit of its last place each way."""
        exponent = Decimal(text).as_tuple().exponent
        if not isinstance(exponent, int):
            raise ValueError(f"{text!r} is no finite number")
        half = Fraction(10) ** exponent / 2
        return cls(Fraction(text) - half, Fraction(text) + half)

    def __add__(self, other: "Interval") -> "Interval":
        return Interval(self.low + other.low, self.high + other.high)

    def __sub__(self, other: "Interval") -> "Interval":
        return Interval(self.low - other.high, self.high - other.low)

    def __mul__(self, other: "Interval") -> "Interval":
        ends = [a * b for a in (self.low, self.high) for b in (other.low, other.high)]
        return Interval(min(ends), max(ends))

    def __truediv__(self, other: "Interval") -> "Interval":
        if other.low <= 0 <= other.high:
            raise ZeroDivisionError(f"{other} holds zero")
        return self * Interval(1 / other.high, 1 / other.low)

    def scaled(self, factor: Fraction | int) -> "Interval":
        """The interval times a known number."""
        return self * Interval.exactly(factor)

    def within(self, low: Fraction | int, high: Fraction | int) -> "Interval":
        """The part that a quantity with known ends can have: a rate never leaves [0, 1]."""
        return Interval(
            min(max(self.low, Fraction(low)), Fraction(high)),
            max(min(self.high, Fraction(high)), Fraction(low)),
        )

    def meets(self, other: "Interval") -> bool:
        """Whether some value lies in both."""
        return self.low <= other.high and other.low <= self.high

    def __contains__(self, value: Fraction | int) -> bool:
        return self.low <= value <= self.high


def total(intervals: Iterable[Interval]) -> Interval:
    """The sum of any number of intervals."""
    return sum(intervals, start=Interval.exactly(0))


ONE = Interval.exactly(1)
