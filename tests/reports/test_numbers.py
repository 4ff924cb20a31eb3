import pytest

from hemoscope.evaluation import Estimate, Interval
from hemoscope.reports.numbers import (
    cells,
    fixed,
    fixed_range,
    interval_name,
    p_value,
    percent,
    percent_range,
    with_range,
)


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.97656, "0.9766"),
        (1.0, "1.0000"),
        (0.99996, "> 0.9999"),
        (0.99994, "0.9999"),
        (0.0, "0.0000"),
        (0.00004, "< 0.0001"),
        (-0.5, "-0.5000"),
        (12.3, "12.3000"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_fixed(value, text) -> None:
    assert fixed(value) == text


@pytest.mark.parametrize(
    ("value", "text"),
    [
        (0.9766, "97.66 %"),
        (1.0, "100.00 %"),
        (0.99999, "> 99.99 %"),
        (0.00001, "< 0.01 %"),
        (0.0, "0.00 %"),
        (None, "–"),
        (float("nan"), "–"),
    ],
)
def test_percent(value, text) -> None:
    assert percent(value) == text


def test_intervals() -> None:
    interval = Interval(0.97161, 0.98123, "wilson")
    assert fixed_range(interval) == "0.9716 to 0.9812"
    assert percent_range(interval) == "97.16 to 98.12 %"
    assert with_range(Estimate(0.9766, interval)) == "0.9766 (0.9716 to 0.9812)"
    assert with_range(Estimate(0.9766)) == "0.9766"
    assert with_range(Estimate(None, None, "no cells")) == "–"
    assert fixed_range(None) == percent_range(None) == ""
    assert interval_name(0.95) == "95 % interval"
    assert interval_name(0.995) == "99.5 % interval"


def test_counts_and_p_values() -> None:
    assert [cells(n) for n in (0, 1, 3418)] == ["0 cells", "1 cell", "3,418 cells"]
    assert [p_value(p) for p in (0.04321, 0.00001, 1.0, None)] == ["0.043", "< 0.0001", "1", "–"]
