from dataclasses import replace

import numpy as np
import pytest
from scipy.special import softmax

from hemoscope.calibration import (
    CalibrationError,
    Trust,
    accept,
    conformalise,
    fit,
)
from hemoscope.calibration.calibrators.class_temperature import ClassTemperature
from hemoscope.cell_set import FittedCellsError
from hemoscope.evaluation import compare, evaluate
from hemoscope.predictions import Predictions
from tests.calibration.simulate import CLASSES, drawn

FITTED = drawn(2000, temperature=2.0, spread=6.0)
CALIBRATOR = fit(FITTED, "temperature")
NEW = drawn(300, seed=9, temperature=2.0, spread=6.0, prefix="new/")


class TooLoud:
    """Cells with a large logit are strange."""

    threshold = 20.0
    needs_features = False
    flag_rate = 0.01

    def score(self, logits: np.ndarray, features: np.ndarray | None) -> np.ndarray:
        return np.abs(logits).max(1) if features is None else features[:, 0]

    def to_json(self) -> dict:
        return {"kind": "loud"}

    def arrays(self) -> dict:
        return {}


def whole(max_error: float = 0.05, alpha: float = 0.02) -> Trust:
    return Trust(CALIBRATOR, conformalise(FITTED, alpha), accept(FITTED, max_error), TooLoud())


def test_everything_a_trust_holds_is_in_its_judgement():
    trust, logits = whole(), NEW.logits
    assert logits is not None
    assert trust.conformal is not None
    assert trust.acceptance is not None
    judged = trust.judge(logits)
    temperature = CALIBRATOR.calibrator.temperature  # type: ignore[union-attr]
    assert judged.probabilities == pytest.approx(softmax(logits / temperature, axis=1))
    assert (judged.predicted == logits.argmax(1)).all()
    assert judged.sets is not None
    assert (judged.sets == trust.conformal.sets(logits)).all()
    assert judged.unknown is not None
    assert (judged.unknown == (np.abs(logits).max(1) > 20)).all()
    assert (judged.accepted == trust.acceptance.accepts(logits) & ~judged.unknown).all()
    assert len(judged) == len(judged.reasons) == 300


def test_every_cell_left_to_a_person_has_a_reason_and_no_other():
    judged = whole().judge(NEW.logits if NEW.logits is not None else [])
    told = np.array([bool(reason) for reason in judged.reasons])
    assert (told == ~judged.accepted).all()
    assert {reason.split(":")[0] for reason in judged.reasons} >= {
        "",
        "it looks like none of the classes",
        "two classes are likely",
    }


def test_the_reasons_in_words():
    trust = Trust(CALIBRATOR, conformalise(FITTED, 0.02), accept(FITTED, 0.05))
    rows = [[40.0, 0, 0, 0], [6.0, 0, 6.5, 0], [1.0, 1.2, 1.1, 1.3]]
    reasons = trust.judge(rows).reasons
    assert reasons[0] == ""
    assert reasons[1] == "two classes are likely: monocyte, basophil"
    assert reasons[2] == "four classes are likely: platelet, ig, monocyte and 1 more"
    bare = Trust(CALIBRATOR, None, accept(FITTED, 0.05))
    assert bare.judge([[6.0, 0, 6.5, 0]]).reasons[0].startswith("not sure enough: monocyte at 5")
    none = Trust(CALIBRATOR, None, accept(FITTED, 0.0001))
    assert "no level of confidence could be certified" in none.judge(rows).reasons[0]


def test_the_reason_names_the_class_that_the_model_calls():
    turning = replace(CALIBRATOR, calibrator=ClassTemperature((10.0, 1.0, 1.0, 1.0)))
    judged = Trust(turning, None, accept(FITTED, 0.05)).judge([[2.0, 1.9, 0, 0]])
    assert judged.probabilities[0].argmax() == 1
    stated = 100 * judged.probabilities[0, 0]
    assert judged.reasons == (f"not sure enough: basophil at {stated:.1f} %",)


def test_features_reach_the_unknown_score():
    judged = whole().judge([[40.0, 0, 0, 0]] * 2, features=[[0.0], [21.0]])
    assert judged.unknown is not None
    assert list(judged.unknown) == [False, True]
    assert list(judged.accepted) == [True, False]


def test_no_acceptance_accepts_nothing():
    judged = Trust(CALIBRATOR).judge([[40.0, 0, 0, 0]])
    assert not judged.accepted.any()
    assert judged.sets is None
    assert judged.unknown_score is None


def test_a_calibrated_table_has_the_calibrated_probabilities():
    table = Trust(CALIBRATOR).apply(NEW)
    assert NEW.logits is not None
    assert table.probabilities == pytest.approx(CALIBRATOR.probabilities(NEW.logits), abs=1e-12)
    assert list(table.paths) == list(NEW.paths)
    assert table.provenance["calibration"]["method"] == "temperature"


def test_nothing_is_calibrated_twice(tmp_path):
    trust = Trust(CALIBRATOR)
    again = Predictions.read(trust.apply(NEW).write(tmp_path / "t.csv"))
    for use in (trust.apply, lambda t: fit(t, "none"), lambda t: accept(t, 0.1)):
        with pytest.raises(CalibrationError, match="calibrated already"):
            use(again)


def test_evaluate_refuses_the_fitted_cells_even_through_a_file(tmp_path):
    path = Trust(CALIBRATOR).apply(FITTED).write(tmp_path / "t.parquet")
    table = Predictions.read(path)
    with pytest.raises(FittedCellsError, match="fitted on 2,000 of these 2,000 cells"):
        evaluate(table, resamples=0)
    told = evaluate(table, resamples=0, allow_fitted_cells=True).provenance
    assert told["calibration"]["fitted_cells"] == 2000
    evaluate(Trust(CALIBRATOR).apply(NEW), resamples=0)


def test_compare_refuses_the_fitted_cells_of_any_table():
    tables = {"raw": FITTED, "warm": Trust(CALIBRATOR).apply(FITTED)}
    with pytest.raises(FittedCellsError, match="calibration of warm was fitted on 2,000 of these"):
        compare(tables, resamples=0)
    assert compare(tables, resamples=0, allow_fitted_cells=True).cells == 2000
    assert compare({"raw": NEW, "warm": Trust(CALIBRATOR).apply(NEW)}, resamples=0).cells == 300


def test_other_classes_and_bad_logits_are_refused():
    other = Predictions.from_logits(["1"], ("a", "b"), [[0.0, 1.0]])
    with pytest.raises(CalibrationError, match="the calibration is for the classes basophil, ig"):
        Trust(CALIBRATOR).apply(other)
    with pytest.raises(CalibrationError, match=r"have shape \(1, 2\); the calibration is for 4"):
        Trust(CALIBRATOR).judge([[0.0, 1.0]])
    with pytest.raises(CalibrationError, match="row 1 are not finite"):
        Trust(CALIBRATOR).judge([[0.0] * len(CLASSES), [np.nan] * len(CLASSES)])
