from decimal import ROUND_HALF_EVEN, Decimal
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemoscope.claims.interval import ONE, Interval, total

fractions = st.integers(-5000, 5000).map(lambda n: Fraction(n, 128))


@st.composite
def members(draw: st.DrawFn) -> tuple[Interval, Fraction]:
    """An interval and a value in it."""
    low, high = sorted((draw(fractions), draw(fractions)))
    share = Fraction(draw(st.integers(0, 16)), 16)
    return Interval(low, high), low + share * (high - low)


@given(members(), members())
def test_arithmetic_holds_what_its_members_give(a, b):
    (first, x), (second, y) = a, b
    assert x + y in first + second
    assert x - y in first - second
    assert x * y in first * second
    if 0 not in second:
        assert x / y in first / second


@given(members(), members())
def test_the_ends_of_results_are_reached(a, b):
    (first, _), (second, _) = a, b
    corners = {p * q for p in (first.low, first.high) for q in (second.low, second.high)}
    product = first * second
    assert {product.low, product.high} <= corners


@given(st.decimals(min_value=-1000, max_value=1000, places=6), st.integers(0, 5))
def test_a_printed_number_holds_what_was_rounded_to_it(value, places):
    printed = value.quantize(Decimal(1).scaleb(-places), rounding=ROUND_HALF_EVEN)
    interval = Interval.printed(str(printed))
    assert Fraction(value) in interval
    assert interval.high - interval.low == Fraction(1, 10**places)


def test_trailing_zeros_and_exponents_count():
    assert Interval.printed("0.960") == Interval(Fraction(9595, 10**4), Fraction(9605, 10**4))
    assert Interval.printed("1e-6") == Interval(Fraction(5, 10**7), Fraction(15, 10**7))


@given(members(), members())
def test_two_meet_when_some_value_lies_in_both(a, b):
    (first, x), (second, _) = a, b
    assert first.meets(second) == (max(first.low, second.low) <= min(first.high, second.high))
    assert first.meets(Interval.exactly(x))


def test_cutting_to_a_rate():
    assert Interval.printed("1.00").within(0, 1) == Interval(Fraction(995, 1000), Fraction(1))
    assert Interval(Fraction(2), Fraction(3)).within(0, 1) == ONE


def test_a_sum_of_none_is_zero():
    assert total([]) == Interval.exactly(0)


def test_ends_in_the_wrong_order_are_refused():
    with pytest.raises(ValueError, match="cannot run from 2 to 1"):
        Interval(Fraction(2), Fraction(1))


def test_division_by_an_interval_that_holds_zero_is_refused():
    with pytest.raises(ZeroDivisionError):
        _ = ONE / Interval(Fraction(-1), Fraction(1))


def test_infinity_is_no_printed_number():
    with pytest.raises(ValueError, match="no finite number"):
        Interval.printed("Infinity")
