"""Whole numbers behind rounded ones: which counts a printed rate allows."""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from fractions import Fraction
from math import ceil, floor
from typing import NamedTuple

from hemoscope.claims.interval import Interval


def whole_numbers(interval: Interval) -> range:
    """The whole numbers in an interval."""
    return range(ceil(interval.low), floor(interval.high) + 1)


def counts_behind(rate: Interval, size: int) -> range:
    """The counts k for which k / size is what was printed; empty if none is."""
    return whole_numbers(rate.within(0, 1).scaled(size))


@dataclass(frozen=True)
class ClassScores:
    """What a classification report prints for one class, and what is known of its mistakes.

    Attributes:
        support: Cells of the class.
        precision: As printed.
        recall: As printed.
        f1: As printed.
        least_missed: Cells of the class known to be predicted as another.
        least_false: Cells of other classes known to be predicted as this one.
    """

    support: int
    precision: Interval
    recall: Interval
    f1: Interval
    least_missed: int = 0
    least_false: int = 0


class Margins(NamedTuple):
    """Cells of one class that are right, and cells predicted as it."""

    right: int
    predicted: int


def possible_margins(scores: ClassScores) -> list[Margins]:
    """All (right, predicted) that round to the printed precision, recall and F1."""
    found = []
    for right in counts_behind(scores.recall, scores.support):
        if scores.support - right < scores.least_missed or right == 0:
            continue
        predictions = whole_numbers(Interval.exactly(right) / scores.precision.within(0, 1))
        for predicted in predictions:
            harmonic = Fraction(2 * right, scores.support + predicted)
            if predicted - right >= scores.least_false and harmonic in scores.f1:
                found.append(Margins(right, predicted))
    return found


def reachable_sums(choices: Iterable[Sequence[Margins]]) -> set[Margins]:
    """All sums of one choice per class: what the whole report's margins can add up to."""
    sums = {Margins(0, 0)}
    for options in choices:
        sums = {
            Margins(done.right + more.right, done.predicted + more.predicted)
            for done in sums
            for more in options
        }
    return sums


def least_false_positives(scores: ClassScores) -> int:
    """The fewest cells of other classes that the class's precision and recall allow."""
    precision, rights = scores.precision.within(0, 1), counts_behind(scores.recall, scores.support)
    fewest = rights[0] / precision.high - rights[0]
    return max(ceil(fewest), scores.least_false)
