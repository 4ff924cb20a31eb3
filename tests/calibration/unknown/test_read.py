import json
from pathlib import Path

import numpy as np
import pytest

from hemoscope.calibration import CalibrationError, Trust, fit, fit_unknown, read_trust, write_trust
from hemoscope.calibration.unknown import MEASURES, choose_unknown
from tests.calibration.simulate import CLASSES, drawn
from tests.calibration.unknown.planted import known, unknown

CALIBRATOR = fit(drawn(200), "none")
KNOWN = known(400)
assert CALIBRATOR.classes == CLASSES


def stored(folder: Path, method: str = "neighbours") -> Path:
    return write_trust(Trust(CALIBRATOR, unknown=fit_unknown(method, KNOWN)), folder)


@pytest.mark.parametrize("method", MEASURES)
def test_a_bundle_reads_it_back_by_itself(method: str, tmp_path: Path):
    fitted = fit_unknown(method, KNOWN)
    write_trust(Trust(CALIBRATOR, unknown=fitted), tmp_path)
    back = read_trust(tmp_path).unknown
    assert back is not None
    assert back.to_json() == fitted.to_json()
    assert {n: a.tolist() for n, a in back.arrays().items()} == {
        n: a.tolist() for n, a in fitted.arrays().items()
    }
    strange = unknown()
    logits, features = strange.logits, strange.features
    assert (back.score(logits, features) == fitted.score(logits, features)).all()
    judged = read_trust(tmp_path).judge(logits, features)
    assert judged.unknown is not None
    assert judged.unknown.mean() > 0.5
    assert judged.reasons[int(judged.unknown.argmax())] == "it looks like none of the classes"


def test_the_comparison_travels_with_it(tmp_path: Path):
    fitted, _ = choose_unknown(KNOWN)
    back = read_trust(write_trust(Trust(CALIBRATOR, unknown=fitted), tmp_path)).unknown
    assert back is not None
    assert back.to_json() == fitted.to_json()
    assert set(back.to_json()["compared"]) == set(MEASURES)


def test_arrays_stand_in_one_small_file(tmp_path: Path):
    rng = np.random.default_rng(0)
    wide = known(1200).take(np.arange(1200))
    features = np.abs(rng.normal(size=(1200, 2000)))
    object.__setattr__(wide, "features", features)
    for method in MEASURES:
        fitted = fit_unknown(method, wide)
        write_trust(Trust(CALIBRATOR, unknown=fitted), tmp_path / method)
        file = tmp_path / method / "calibration.unknown.npz"
        assert file.is_file() == (method not in ("energy", "max-logit"))
        assert not file.is_file() or file.stat().st_size < 1_000_000


def test_features_are_asked_for(tmp_path: Path):
    trust = read_trust(stored(tmp_path))
    with pytest.raises(CalibrationError, match="goes by the model's features"):
        trust.judge(KNOWN.logits)


def test_a_missing_file_is_told(tmp_path: Path):
    stored(tmp_path)
    (tmp_path / "calibration.unknown.npz").unlink()
    with pytest.raises(CalibrationError, match=r"has no .*\.unknown\.npz.* copied in part"):
        read_trust(tmp_path)


def test_a_damaged_file_is_told(tmp_path: Path):
    stored(tmp_path)
    file = tmp_path / "calibration.unknown.npz"
    content = bytearray(file.read_bytes())
    content[len(content) // 2] ^= 1
    file.write_bytes(content)
    with pytest.raises(CalibrationError, match="is not the file that the calibration was written"):
        read_trust(tmp_path)


def test_another_name_keeps_its_own_arrays(tmp_path: Path):
    stored(tmp_path / "a.json", "neighbours")
    stored(tmp_path / "b.json", "mahalanobis")
    assert {file.name for file in tmp_path.glob("*.npz")} == {"a.unknown.npz", "b.unknown.npz"}
    for name in ("a", "b"):
        assert read_trust(tmp_path / f"{name}.json").unknown is not None


def test_arrays_that_are_of_no_more_use_are_removed(tmp_path: Path):
    stored(tmp_path, "mahalanobis")
    (tmp_path / "calibration.npz").write_text("the user's own")
    stored(tmp_path, "energy")
    assert {file.name for file in tmp_path.iterdir()} == {"calibration.json", "calibration.npz"}


@pytest.mark.parametrize(
    ("part", "value", "message"),
    [
        ("method", "odin", "malformed: method: Input should be 'energy'"),
        ("threshold", None, "malformed: threshold: Input should be a valid number"),
        ("flag_rate", 2, "malformed: flag_rate: Input should be less than 1"),
        ("surprise", 1, "malformed: surprise"),
        ("numbers", {}, "malformed: 'neighbours'"),
        ("numbers", {"neighbours": 5000, "step": 1}, "the reference features do not fit"),
        ("method", "mahalanobis", "malformed: 'within_means'"),
    ],
)
def test_a_changed_score_is_refused(part: str, value: object, message: str, tmp_path: Path):
    path = stored(tmp_path)
    content = json.loads(path.read_text())
    content["unknown"][part] = value
    path.write_text(json.dumps(content))
    with pytest.raises(CalibrationError) as caught:
        read_trust(path)
    assert message in str(caught.value)


@pytest.mark.parametrize("name", ["../calibration.unknown.npz", "/a.npz", "a.pkl", ".npz"])
def test_only_a_file_beside_is_opened(name: str, tmp_path: Path):
    path = stored(tmp_path)
    content = json.loads(path.read_text())
    content["unknown_arrays"]["file"] = name
    path.write_text(json.dumps(content))
    with pytest.raises(CalibrationError, match=r"unknown_arrays\.file: String should match"):
        read_trust(path)


def test_pickles_are_never_loaded(tmp_path: Path):
    from hemoscope.calibration.array_file import read_arrays, write_arrays

    told = write_arrays({"a": np.array([{}], dtype=object)}, tmp_path / "a.npz")
    with pytest.raises(CalibrationError, match="holds no arrays"):
        read_arrays(told, tmp_path)
