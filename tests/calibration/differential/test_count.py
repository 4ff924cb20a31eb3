import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemoscope.calibration import CalibrationError, Trust, fit, read_trust, write_trust
from hemoscope.calibration.differential import (
    Confusion,
    Differential,
    Tally,
    count_cells,
    white_cells,
)
from hemoscope.errors import UsageError
from hemoscope.predictions import Predictions
from tests.calibration.simulate import CLASSES, drawn
from tests.calibration.test_trust import TooLoud

VALIDATION = drawn(2000, spread=8.0)
CONFUSION = Confusion.of(VALIDATION)
TRUST = Trust(fit(VALIDATION, "none"), confusion=CONFUSION)


def test_the_confusion_is_counted():
    expected = np.zeros((4, 4), int)
    for truth, called in zip(VALIDATION.truth(), VALIDATION.predicted, strict=True):
        expected[truth, called] += 1
    assert (CONFUSION.array() == expected).all()


def test_erythroblasts_and_platelets_are_counted_apart():
    names = ("basophil", "Erythroblasts", "platelet", "Platelet clump", "neutrophil")
    assert white_cells(names).tolist() == [True, False, False, False, True]


def test_figures_are_per_100_white_cells():
    told = TRUST.differential([10, 5, 35, 50])  # basophil, ig, monocyte, platelet
    assert told.white == 50
    assert [row.per_100 for row in told] == [20.0, 10.0, 70.0, 100.0]
    assert [row.white for row in told] == [True, True, True, False]
    frame = told.frame()
    assert list(frame.columns) == [
        "class", "white", "called", "exact", "per_100", "estimate", "low", "high"
    ]  # fmt: skip
    assert list(frame["class"]) == list(CLASSES)
    assert (frame["low"] < frame["estimate"]).all()
    assert (frame["estimate"] < frame["high"]).all()
    rates = CONFUSION.array() / CONFUSION.array().sum(1, keepdims=True)
    corrected = np.linalg.solve(rates.T, [10, 5, 35, 50])  # the matrix method: no prior, no limits
    expected = 100 * corrected / corrected[:3].sum()
    assert frame["estimate"].to_numpy() == pytest.approx(expected, abs=3)


@settings(max_examples=15, deadline=None)
@given(st.lists(st.integers(0, 60), min_size=4, max_size=4).filter(lambda c: sum(c[:3]) > 0))
def test_limits_hold_the_estimate_and_stay_in_range(called: list[int]):
    frame = TRUST.differential(called).frame()
    assert (frame["low"] >= 0).all()
    assert (frame["low"] <= frame["estimate"]).all()
    assert (frame["estimate"] <= frame["high"]).all()
    assert (frame.loc[frame["white"], "high"] <= 100).all()
    assert (frame.loc[frame["called"] == 0, "low"] == 0).all()


def widths(told: Differential) -> np.ndarray:
    frame = told.frame()
    return (frame["high"] - frame["low"]).to_numpy()


def test_more_cells_narrow_the_limits_and_so_does_a_person():
    few, many = (TRUST.differential(scale * np.array([4, 3, 12, 6])) for scale in (1, 16))
    width = (
        [(r.high or 0) - (r.low or 0) for r in few],
        [(r.high or 0) - (r.low or 0) for r in many],
    )
    assert (np.array(width[1]) < 0.6 * np.array(width[0])).all()
    blurred = Trust(TRUST.calibrator, confusion=Confusion(((6, 2, 2, 0),) * 4))
    alone = blurred.differential([20, 10, 70, 0])
    helped = blurred.differential([0, 0, 0, 0], exact=[20, 10, 70, 0])
    assert (widths(helped) < widths(alone)).all()
    assert [row.exact for row in helped] == [20, 10, 70, 0]


def test_a_judgement_is_counted_without_its_unknown_cells():
    judged = Trust(TRUST.calibrator, None, None, TooLoud(), CONFUSION).judge(
        [[30.0, 0, 0, 0], [9.0, 0, 0, 0], [0, 0, 8.0, 0], [0, 0, 0, 9.0]]
    )
    told = Trust(TRUST.calibrator, confusion=CONFUSION).differential(judged)
    assert told.unknown == 1
    assert [row.called for row in told] == [1, 0, 1, 1]


def test_the_same_seed_gives_the_same_limits():
    called = [10, 5, 35, 50]
    assert TRUST.differential(called) == TRUST.differential(called)
    assert TRUST.differential(called) != TRUST.differential(called, seed=1)


def test_without_white_cells_there_are_no_figures():
    told = TRUST.differential([0, 0, 0, 7])
    assert told.white == 0
    assert told.frame()[["per_100", "estimate", "low", "high"]].isna().all(axis=None)


def test_it_travels_with_the_calibration(tmp_path):
    back = read_trust(write_trust(TRUST, tmp_path))
    assert back == TRUST
    assert back.differential([1, 2, 3, 4]) == TRUST.differential([1, 2, 3, 4])


def test_bad_counts_are_refused(tmp_path):
    for bad in ([1, 2, 3], [1, 2, 3, -4], [0.5, 1, 1, 1]):
        with pytest.raises(CalibrationError, match="are no counts of 4 classes"):
            TRUST.differential(bad)
    with pytest.raises(CalibrationError, match="are no counts of 4 classes"):
        TRUST.differential([1, 2, 3, 4], exact=[1])
    with pytest.raises(UsageError, match="level is 95; it is a share between 0 and 1"):
        TRUST.differential([1, 2, 3, 4], level=95)
    with pytest.raises(CalibrationError, match="has no confusion counts"):
        Trust(TRUST.calibrator).differential([1, 2, 3, 4])
    odd = Trust(TRUST.calibrator, confusion=Confusion(((1, 0), (0, 1))))
    with pytest.raises(ValueError, match="there are 4 classes, but 2 rows of confusion counts"):
        write_trust(odd, tmp_path)


def test_other_levels_are_wider_or_narrower(validation: Predictions):
    tally = Tally.of([1, 2, 1, 0, 30, 6, 60, 9], None, 8)
    confusion = Confusion.of(validation)
    wide, narrow = (
        count_cells(validation.classes, tally, confusion, level=level).frame()
        for level in (0.99, 0.8)
    )
    assert (wide["high"] > narrow["high"]).all()
    assert (wide["low"] <= narrow["low"]).all()
