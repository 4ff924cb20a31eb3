from fractions import Fraction

import pytest
from pydantic import ValidationError

from hemoscope.claims.claim import Claim, Sense
from hemoscope.claims.interval import Interval


def claim(value: str, unit: str = "fraction", **more: object) -> Claim:
    entry = {"id": "a", "quantity": "q", "means": "something", "value": value, "unit": unit}
    return Claim.model_validate(entry | more)


def test_percentages_become_fractions():
    assert claim("97.66", "%").interval == Interval(
        Fraction(97655, 100_000), Fraction(97665, 100_000)
    )


def test_counts_are_exact():
    assert claim("3418", "cells").interval == Interval.exactly(3418)
    assert claim("3418", "cells").count == 3418


def test_limits_are_exact():
    assert claim("99", "%", sense="at_least").interval == Interval.exactly(Fraction(99, 100))


def test_a_measurement_is_no_count():
    with pytest.raises(ValueError, match="a is no count"):
        _ = claim("0.97").count


@pytest.mark.parametrize(
    ("sense", "below", "rounding", "above"),
    [
        (Sense.EXACTLY, False, True, False),
        (Sense.ABOUT, False, True, False),
        (Sense.AT_LEAST, False, True, True),
        (Sense.ABOVE, False, True, True),
        (Sense.AT_MOST, True, False, False),
        (Sense.BELOW, True, False, False),
    ],
)
def test_what_a_claim_allows(sense, below, rounding, above):
    stated = claim("0.95", sense=sense)
    values = [Interval.exactly(Fraction(str(v))) for v in (0.94, 0.951, 0.96)]
    assert [stated.allows(v) for v in values] == [below, rounding, above]


def test_how_a_claim_is_shown():
    assert claim("17092", "images").shown == "17,092 images"
    assert claim("99", "%", sense="at_least").shown == "≥ 99 %"
    assert claim("0.960").shown == "0.960"


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"unit": "furlongs"}, "not in UNITS"),
        ({"value": "Infinity"}, "no finite number"),
        ({"model": "vgg"}, "custom_cnn"),
        ({"class": 8}, "less than or equal to 7"),
        ({"sectoin": "3"}, "Extra inputs"),
    ],
)
def test_a_claim_with_a_slip_is_refused(changes, message):
    with pytest.raises(ValidationError, match=message):
        claim(**{"value": "0.5"} | changes)
