"""What another source does to logits, learned from its cells without labels."""

import json
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax

from hemoscope.calibration import (
    CalibrationError,
    ClassMeans,
    Confusion,
    SourceShift,
    Trust,
    accept,
    conformalise,
    fit,
    read_trust,
    write_trust,
)
from hemoscope.calibration.assessment import assess
from hemoscope.predictions import Predictions
from tests.calibration.simulate import CLASSES, clouds

SHIFT = np.array([3.5, -1.0, -1.5, -1.0])

HOME = clouds(2000)
AWAY = clouds(400, mix=(0.1, 0.2, 0.6, 0.1), seed=1, shift=SHIFT)


@pytest.fixture(scope="module")
def trust() -> Trust:
    return Trust(
        fit(HOME, "temperature"),
        conformalise(HOME, 0.02),
        accept(HOME, 0.05),
        confusion=Confusion.of(HOME),
        means=ClassMeans.of(HOME),
    )


def right(trust: Trust, cells: Predictions) -> float:
    return float((trust.judge(trust.logits_of(cells)).predicted == cells.truth()).mean())


def test_means_are_those_of_each_class_with_no_common_offset():
    frame = HOME.to_frame()
    logits = frame[[f"logit_{name}" for name in CLASSES]]
    expected = logits.sub(logits.mean(axis=1), axis=0).groupby(frame["label"]).mean()
    found = ClassMeans.of(HOME)
    for name, row in zip(CLASSES, found.logits, strict=True):
        np.testing.assert_allclose(row, expected.loc[name], atol=1e-12)
    np.testing.assert_allclose(found.mixed(np.full(4, 0.25)), expected.mean(), atol=1e-12)


def test_a_class_without_a_cell_has_no_mean_and_is_left_out_of_a_mix():
    few = HOME.take(np.flatnonzero(HOME.truth() != 2))
    means = ClassMeans.of(few)
    assert means.logits[2] is None
    only = means.mixed(np.array([0.0, 0.0, 1.0, 0.0]))
    np.testing.assert_allclose(only, means.mixed(np.array([1.0, 1.0, 0.0, 1.0]) / 3))
    whole = ClassMeans.of(HOME)
    np.testing.assert_allclose(
        means.mixed(np.array([0.2, 0.2, 0.5, 0.1])),
        whole.mixed(np.array([0.4, 0.4, 0.0, 0.2])),
        atol=1e-12,
    )


def test_a_planted_shift_is_found_whatever_the_mix(trust: Trust):
    assert AWAY.logits is not None
    shift = trust.adapted_to(AWAY.logits).shift
    assert shift is not None
    assert shift.cells == 400
    expected = (SHIFT - SHIFT.mean()) * 400 / 450  # as if 50 cells without a shift were there
    np.testing.assert_allclose(shift.offsets, expected, atol=0.25)
    assert right(trust, AWAY) < 0.87
    assert right(trust.adapted_to(AWAY.logits), AWAY) > right(trust, AWAY) + 0.08


def test_at_home_next_to_nothing_is_shifted(trust: Trust):
    home = clouds(400, mix=(0.7, 0.1, 0.1, 0.1), seed=2)
    adapted = trust.adapted_to(trust.logits_of(home))
    assert adapted.shift is not None
    assert np.abs(adapted.shift.offsets).max() < 0.15
    assert right(adapted, home) == pytest.approx(right(trust, home), abs=0.01)


@pytest.mark.parametrize("only", range(4))
def test_a_folder_of_one_class_stays_one(trust: Trust, only: int):
    cells = clouds(200, mix=tuple(float(c == only) for c in range(4)), seed=3)
    assert right(trust.adapted_to(trust.logits_of(cells)), cells) > 0.97


def test_the_fewer_cells_the_smaller_the_shift():
    means = ClassMeans.of(HOME)
    cells = clouds(200, seed=4, shift=SHIFT).logits
    assert cells is not None
    certain = np.eye(4)[clouds(200, seed=4).truth()]
    whole = np.array(SourceShift.learn(cells, means, lambda _: certain).offsets)
    some = np.array(SourceShift.learn(cells[:5], means, lambda _: certain[:5]).offsets)
    assert np.abs(some).max() < np.abs(whole).max() / 5


@given(st.lists(st.floats(-50, 50), min_size=30, max_size=30))
def test_what_all_logits_of_a_cell_share_does_not_count(common: list[float]):
    means = ClassMeans.of(HOME)
    cells = clouds(30, seed=5, shift=SHIFT).logits
    assert cells is not None
    moved = cells + np.array(common)[:, None]
    plain, again = (
        SourceShift.learn(some, means, lambda z: softmax(z, axis=1)).offsets
        for some in (cells, moved)
    )
    np.testing.assert_allclose(plain, again, atol=1e-5)
    assert sum(plain) == pytest.approx(0, abs=1e-9)


def test_a_cell_that_is_called_otherwise_goes_to_a_person_and_is_told_why(trust: Trust):
    logits = trust.logits_of(AWAY)
    before, after = trust.judge(logits), trust.adapted_to(logits).judge(logits)
    moved = after.predicted != before.predicted
    assert moved.sum() > 20
    np.testing.assert_array_equal(after.own, after.predicted)
    np.testing.assert_array_equal(after.accepted, before.accepted & ~moved)
    assert after.sets is not None
    assert after.sets[np.arange(len(AWAY)), after.predicted].all()
    row = int(np.flatnonzero(moved)[0])
    called, plain = CLASSES[after.predicted[row]], CLASSES[before.predicted[row]]
    assert after.reasons[row] == (
        f"{called} by what its source does to the looks of its cells; {plain} by its looks alone"
    )


def test_a_prior_has_no_say_in_the_shift_and_weighs_what_it_leaves(trust: Trust):
    logits = trust.logits_of(AWAY)
    mix = "monocyte=50,ig=1"
    adapted = trust.adapted_to(logits)
    both = trust.with_prior(mix).adapted_to(logits)
    assert both.shift == adapted.shift
    assert both == adapted.with_prior(mix)
    assert both.prior is not None
    stated = both.prior.apply(adapted.judge(logits).probabilities)
    np.testing.assert_allclose(both.judge(logits).probabilities, stated)
    np.testing.assert_array_equal(both.judge(logits).own, adapted.judge(logits).predicted)


def test_the_differential_goes_by_what_cells_look_like_here(trust: Trust):
    logits = trust.logits_of(AWAY)
    adapted = trust.adapted_to(logits)
    judged = adapted.judge(logits)
    counts = np.bincount(judged.predicted, minlength=4)
    assert list(adapted.differential(judged)) == list(trust.differential(counts))


def test_a_table_is_adapted_as_cells_are(trust: Trust):
    logits = trust.logits_of(AWAY)
    adapted = trust.adapted_to(logits)
    table = adapted.apply(AWAY)
    np.testing.assert_allclose(table.probabilities, adapted.judge(logits).probabilities)
    assert table.provenance["calibration"]["adapted_to_cells"] == 400
    found = assess(adapted, AWAY, resamples=0)
    assert found.adapted_to == 400
    assert found.circumstances == ", adapted to 400 unlabelled cells"
    assert found.changes["accuracy"].difference == pytest.approx(
        right(adapted, AWAY) - right(trust, AWAY)
    )


def test_no_cell_changes_nothing_and_what_cannot_be_used_is_told(trust: Trust):
    assert trust.adapted_to(np.empty((0, 4))) is trust
    with pytest.raises(CalibrationError, match="not finite"):
        trust.adapted_to([[0, 0, 0, np.nan]])
    with pytest.raises(CalibrationError, match="4 classes"):
        trust.adapted_to([[0, 0, 0]])
    with pytest.raises(CalibrationError, match=r"where the logits of each class lie.*Fit it again"):
        replace(trust, means=None).adapted_to([[0, 0, 0, 0]])


def test_means_are_kept_in_the_file_and_checked(trust: Trust, tmp_path):
    file = write_trust(trust, tmp_path)
    assert read_trust(file) == trust
    content = json.loads(file.read_text(encoding="utf-8"))
    del content["means"]["logits"][1][0]
    file.write_text(json.dumps(content), encoding="utf-8")
    with pytest.raises(CalibrationError, match="4 classes, but 3 columns of mean logits"):
        read_trust(file)
    del content["means"]
    file.write_text(json.dumps(content), encoding="utf-8")
    assert read_trust(file).means is None
