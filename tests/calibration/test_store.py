import json
from pathlib import Path

import numpy as np
import pytest

from hemoscope.calibration import (
    Aps,
    CalibrationError,
    Raps,
    Trust,
    accept,
    choose,
    conformalise,
    fit,
    read_trust,
    write_trust,
)
from hemoscope.calibration.calibrators import FITTERS
from tests.calibration.simulate import drawn
from tests.calibration.test_trust import TooLoud

TABLE = drawn(600, temperature=2.0)


@pytest.mark.parametrize("method", FITTERS)
def test_every_method_comes_back_as_it_was(method: str, tmp_path: Path):
    trust = Trust(fit(TABLE, method))
    back = read_trust(write_trust(trust, tmp_path))
    assert back == trust
    logits = TABLE.logits if TABLE.logits is not None else np.empty((0, 4))
    assert (back.calibrator.probabilities(logits) == trust.calibrator.probabilities(logits)).all()


@pytest.mark.parametrize(
    "sets",
    [
        conformalise(TABLE, 0.1),
        conformalise(TABLE, 0.001, score=Aps(), randomised=True),
        conformalise(TABLE, 0.1, score=Raps(0.2, 2), class_conditional=True, with_top=False),
    ],
)
@pytest.mark.parametrize("max_error", [0.2, 0.0001])
def test_sets_and_acceptance_come_back(sets, max_error: float, tmp_path: Path):
    trust = Trust(choose(TABLE), sets, accept(TABLE, max_error))
    assert read_trust(write_trust(trust, tmp_path / "new" / "c.json")) == trust


def test_the_unknown_score_is_read_by_whoever_knows_it(tmp_path: Path):
    write_trust(Trust(fit(TABLE, "none"), unknown=TooLoud()), tmp_path)
    back = read_trust(tmp_path, read_unknown=lambda _values, _arrays: TooLoud())
    assert isinstance(back.unknown, TooLoud)
    with pytest.raises(CalibrationError, match="score for unknown cells is malformed"):
        read_trust(tmp_path)


def changed(tmp_path: Path, **parts: object) -> Path:
    path = write_trust(Trust(fit(TABLE, "temperature"), conformalise(TABLE, 0.1)), tmp_path)
    content = json.loads(path.read_text())
    for place, value in parts.items():
        *way, last = place.split("__")
        node = content
        for key in way:
            node = node[key]
        node[last] = value
    path.write_text(json.dumps(content))
    return path


@pytest.mark.parametrize(
    ("parts", "message"),
    [
        ({"version": 2}, "is of version 2; this hemoscope reads version 1"),
        ({"surprise": 1}, "is malformed: surprise: Unexpected keyword argument"),
        ({"calibrator__cells": "many"}, "malformed: calibrator.cells: Input should be a valid int"),
        ({"calibrator__calibrator__temperature": -1}, "temperature: Input should be greater than"),
        ({"calibrator__calibrator__temperature": float("nan")}, "should be a finite number"),
        (
            {"calibrator__calibrator__method": "magic"},
            "malformed: calibrator.calibrator: Input tag",
        ),
        ({"conformal__thresholds": [0.5]}, "there are 4 classes, but 1 conformal thresholds"),
        ({"calibrator__fitted_cells": {"digests": "?"}}, "the cells' digests are not base64"),
    ],
)
def test_a_changed_file_is_refused(parts: dict, message: str, tmp_path: Path):
    with pytest.raises(CalibrationError) as caught:
        read_trust(changed(tmp_path, **parts))
    assert message in str(caught.value)


@pytest.mark.parametrize(
    ("text", "message"),
    [("{", "is no JSON"), ("[]", "has no version"), ("{}", "has no version"), ("\x80", "no JSON")],
)
def test_what_is_no_calibration_is_refused(text: str, message: str, tmp_path: Path):
    (tmp_path / "calibration.json").write_bytes(text.encode("latin-1"))
    with pytest.raises(CalibrationError, match=message):
        read_trust(tmp_path)


def test_a_missing_file_says_how_to_make_it(tmp_path: Path):
    with pytest.raises(CalibrationError, match="Make one with `hemoscope calibrate`"):
        read_trust(tmp_path)
    (tmp_path / "file").write_text("")
    with pytest.raises(CalibrationError, match="cannot write"):
        write_trust(Trust(fit(TABLE, "none")), tmp_path / "file" / "c.json")
