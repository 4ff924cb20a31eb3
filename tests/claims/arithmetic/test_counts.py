from fractions import Fraction

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemoscope.claims.arithmetic.counts import (
    ClassScores,
    Margins,
    counts_behind,
    least_false_positives,
    possible_margins,
    reachable_sums,
    whole_numbers,
)
from hemoscope.claims.interval import Interval

from .reports import Report, reports


@given(st.integers(1, 5000), st.data())
def test_the_true_count_is_behind_its_printed_rate(size, data):
    count = data.draw(st.integers(0, size))
    assert count in counts_behind(Interval.printed(f"{count / size:.4f}"), size)


def test_a_rate_that_no_count_gives():
    assert not counts_behind(Interval.printed("0.9660"), 3418)
    assert list(counts_behind(Interval.printed("0.9661"), 3418)) == [3302]


def test_whole_numbers_of_an_interval():
    assert list(whole_numbers(Interval(Fraction(5, 2), Fraction(4)))) == [3, 4]
    assert not whole_numbers(Interval(Fraction(1, 3), Fraction(2, 3)))


@given(reports())
@settings(max_examples=20, deadline=None)
def test_a_true_report_is_always_possible(report: Report):
    choices = [possible_margins(scores) for scores in report.scores]
    truth = [Margins(int(report.matrix[k, k]), int(report.matrix[:, k].sum())) for k in range(4)]
    assert all(margins in options for margins, options in zip(truth, choices, strict=True))
    assert Margins(report.right, int(report.matrix.sum())) in reachable_sums(choices)


@given(reports())
@settings(max_examples=20, deadline=None)
def test_a_true_report_never_needs_more_false_positives_than_it_has(report: Report):
    needed = [least_false_positives(scores) for scores in report.scores]
    assert all(n <= f for n, f in zip(needed, report.errors.sum(axis=0), strict=True))


def test_margins_against_trying_every_pair():
    scores = ClassScores(
        50, Interval.printed("0.92"), Interval.printed("0.90"), Interval.printed("0.91")
    )
    tried = [
        Margins(right, predicted)
        for right in range(1, 51)
        for predicted in range(right, 200)
        if Fraction(right, 50) in scores.recall
        and Fraction(right, predicted) in scores.precision
        and Fraction(2 * right, 50 + predicted) in scores.f1
    ]
    assert tried
    assert possible_margins(scores) == tried


@pytest.mark.parametrize("known", [{"least_missed": 9}, {"least_false": 9}])
def test_known_confusions_leave_fewer_margins(known):
    printed = (Interval.printed("0.92"), Interval.printed("0.90"), Interval.printed("0.91"))
    assert possible_margins(ClassScores(50, *printed))
    assert not possible_margins(ClassScores(50, *printed, **known))
