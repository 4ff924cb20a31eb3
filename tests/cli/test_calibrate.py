"""calibrate, and evaluate with what it wrote."""

import json
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from hemoscope.calibration import ClassMeans, Confusion, Trust, fit, read_trust, write_trust
from hemoscope.cli.main import app
from hemoscope.features import Features, features_beside
from hemoscope.predictions import Predictions
from tests.calibration.simulate import CLASSES, drawn
from tests.cli.conftest import Run
from tests.cli.test_walls import loaded


@pytest.fixture
def validation(tmp_path: Path) -> Path:
    return drawn(800, temperature=2.0, spread=6.0).write(tmp_path / "val.parquet")


@pytest.fixture
def test_table(tmp_path: Path) -> Path:
    table = drawn(300, seed=8, temperature=2.0, spread=6.0, prefix="test/")
    return table.write(tmp_path / "test.parquet")


@pytest.mark.slow
def test_the_way_from_validation_to_the_report(
    hemoscope: Run, validation: Path, test_table: Path, tmp_path: Path
):
    fitted = hemoscope("calibrate", validation, "--out", tmp_path / "run", "--max-error", "0.1",
                       "--json")  # fmt: skip
    assert fitted.code == 0
    assert fitted.json["calibration"] == str(tmp_path / "run" / "calibration.json")
    assert fitted.json["calibrator"]["method"] == "temperature"
    assert fitted.json["fitted_cells"] == 800
    assert fitted.json["acceptance"]["threshold"] > 0
    told = hemoscope("evaluate", test_table, "--calibration", tmp_path / "run", "--resamples", "20",
                     "--json", "--report", tmp_path / "r.html")  # fmt: skip
    assert told.code == 0
    changes = told.json["trust"]["changes"]
    assert changes["calibration.nll"]["after"]["value"] == told.json["calibration"]["nll"]
    assert told.json["trust"]["conformal"]["coverage"]["value"] > 0.95
    page = (tmp_path / "r.html").read_text()
    assert "Before and after calibration" in page
    assert "Cells that need no person" in page
    assert (tmp_path / "r_data" / "recalibration.csv").is_file()


@pytest.mark.slow
def test_evaluate_refuses_the_fitted_cells(hemoscope: Run, validation: Path, tmp_path: Path):
    out = tmp_path / "c.json"
    printed = hemoscope("calibrate", validation, "--method", "temperature", "--out", out)
    assert "Calibration by temperature" in printed.out
    assert f"calibration → {out}" in printed.err
    way = ("evaluate", validation, "--calibration", out, "--resamples", "0")
    refused = hemoscope(*way)
    assert refused.code == 1
    assert "fitted on 800 of these 800 cells" in refused.err
    assert "Traceback" not in refused.err
    insisted = hemoscope(*way, "--allow-fitted-cells")
    assert insisted.code == 0
    assert "Before and after calibration" in insisted.out


@pytest.mark.parametrize(("name", "there"), [("none", False), ("pbc", True)])
def test_the_hierarchy_is_asked_for_with_a_calibration_too(
    test_table: Path, tmp_path: Path, name: str, there: bool
):
    write_trust(Trust(fit(drawn(300, temperature=2.0, spread=6.0), "temperature")), tmp_path)
    options = ["--calibration", str(tmp_path), "--resamples", "0", "--hierarchy", name, "--json"]
    done = CliRunner().invoke(app, ["evaluate", str(test_table), *options])
    assert done.exit_code == 0, done.exception
    assert (json.loads(done.stdout)["hierarchy"] is not None) == there


def test_calibrate_never_loads_torch_or_matplotlib(validation: Path, tmp_path: Path):
    arguments = ["calibrate", str(validation), "--out", str(tmp_path)]
    assert loaded(arguments, {"torch", "matplotlib"}) == ""
    assert (tmp_path / "calibration.json").is_file()


def test_wrong_usage(hemoscope: Run, validation: Path, tmp_path: Path):
    wrong = hemoscope("calibrate", validation, "--alpha", "2", "--out", tmp_path)
    assert wrong.code == 2
    assert "alpha is 2.0; it is a share between 0 and 1" in wrong.err
    assert not (tmp_path / "calibration.json").exists()


def planted(folder: Path, name: str, cells: int, *, seed: int, strange: bool = False) -> Path:
    """A table of cells, with features beside it; strange ones stand elsewhere."""
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, 4, cells)
    centres = 6.0 * np.eye(4, 9)
    centre = 8.0 * np.eye(1, 9, 7) if strange else centres[truth]
    features = (centre + rng.normal(size=(cells, 9))).astype(np.float32)
    table = Predictions.from_logits(
        [f"{name}/{i}.png" for i in range(cells)],
        CLASSES,
        features @ centres.T / 4,
        labels=None if strange else [CLASSES[c] for c in truth],
    )
    path = table.write(folder / f"{name}.parquet")
    Features(table.paths, features).write(features_beside(path))
    return path


def test_a_score_for_unknown_cells_is_chosen(hemoscope: Run, tmp_path: Path):
    validation = planted(tmp_path, "val", 400, seed=0)
    training = planted(tmp_path, "train", 300, seed=1)
    blasts = planted(tmp_path, "blasts", 90, seed=2, strange=True)
    way = ("calibrate", validation, "--method", "none", "--unknown", "auto", "--reference",
           training, "--unknown-cells", blasts, "--flag-rate", "0.02", "--out")  # fmt: skip
    told = hemoscope(*way, tmp_path / "run", "--json")
    assert told.code == 0, told.err
    trials = {trial["trial"] for trial in told.json["unknown_trials"]}
    assert trials == {"blasts", *(f"without {name}" for name in CLASSES)}
    unknown = told.json["unknown"]
    assert unknown["flag_rate"] == 0.02
    best = max(unknown["compared"], key=lambda m: unknown["compared"][m]["auroc"])
    assert unknown["method"] == best
    judged = read_trust(tmp_path / "run")
    assert judged.unknown is not None
    strange = Predictions.read(blasts)
    seen = Features.read(features_beside(blasts)).of(strange)
    flagged = judged.judge(judged.logits_of(strange), seen).unknown
    assert flagged is not None
    assert flagged.mean() > 0.9


@pytest.mark.slow
def test_evaluate_reads_the_features_beside_the_table(hemoscope: Run, tmp_path: Path):
    validation = planted(tmp_path, "val", 400, seed=0)
    new = planted(tmp_path, "new", 200, seed=3)
    out = tmp_path / "c.json"
    fitted = hemoscope("calibrate", validation, "--method", "none", "--max-error", "0.2",
                       "--unknown", "neighbours", "--flag-rate", "0.05", "--out", out)  # fmt: skip
    assert fitted.code == 0, fitted.err
    way = ("evaluate", new, "--calibration", out, "--resamples", "0", "--json")
    told = hemoscope(*way)
    assert told.code == 0, told.err
    table = Predictions.read(new)
    trust = read_trust(out)
    judged = trust.judge(
        trust.logits_of(table), Features.read(features_beside(new)).of(table)
    )  # fmt: skip
    assert judged.unknown is not None
    assert judged.unknown.any()
    assert told.json["trust"]["acceptance"]["accepted"] == judged.accepted.sum()
    features_beside(new).unlink()
    without = hemoscope(*way)
    assert without.code == 2
    assert "predict --features" in without.err


@pytest.mark.slow
def test_unknown_cells_in_words_and_what_is_refused(hemoscope: Run, tmp_path: Path):
    validation = planted(tmp_path, "val", 400, seed=0)
    way = ("calibrate", validation, "--method", "none", "--out", tmp_path / "c.json")
    printed = hemoscope(*way, "--unknown", "auto")
    assert "Unknown cells against known ones: AUROC / share flagged" in printed.out
    assert "are flagged as none of the classes" in printed.err
    missing = hemoscope(*way, "--unknown", "neighbours", "--features", tmp_path / "no.parquet")
    assert missing.code == 2
    assert "there are no features at" in missing.err
    other = drawn(50, prefix="o/").write(tmp_path / "other.parquet")
    itself = hemoscope(*way, "--unknown", "mahalanobis", "--reference", validation)
    assert itself.code == 1
    assert "400 of the 400 cells" in itself.err
    assert "are validation cells, too" in itself.err
    copy = planted(tmp_path / "copy", "other", 50, seed=4)
    twice = hemoscope(*way, "--unknown", "auto", "--unknown-cells", other, "--unknown-cells", copy)
    assert twice.code == 2
    assert "have the same name" in twice.err
    bare = hemoscope(*way, "--unknown", "mahalanobis", "--reference", other)
    assert bare.code == 1
    assert "none were given" in bare.err
    rate = hemoscope(*way, "--unknown", "energy", "--flag-rate", "0.001")
    assert rate.code == 1
    assert "it takes 999" in rate.err


def test_a_prior_changes_what_a_calibration_says(hemoscope: Run, test_table: Path, tmp_path: Path):
    fitted = drawn(300, temperature=2.0, spread=6.0)
    write_trust(Trust(fit(fitted, "temperature"), confusion=Confusion.of(fitted)), tmp_path)
    way = ("evaluate", test_table, "--resamples", "0", "--json")
    mix = ("--prior", f"{CLASSES[0]}=1,{CLASSES[1]}=50")
    plain = hemoscope(*way, "--calibration", tmp_path)
    weighed = hemoscope(*way, "--calibration", tmp_path, *mix)
    assert weighed.code == 0, weighed.err
    assert weighed.json["trust"]["prior"] == mix[1]
    recall = [told.json["per_class"][CLASSES[1]]["recall"] for told in (plain, weighed)]
    assert recall[1] > recall[0]
    alone = hemoscope(*way, *mix)
    assert (alone.code, "name one by --calibration" in alone.err) == (2, True)


def test_a_calibration_is_adapted_to_the_cells_of_a_table(
    hemoscope: Run, test_table: Path, tmp_path: Path
):
    fitted = drawn(300, temperature=2.0, spread=6.0)
    write_trust(Trust(fit(fitted, "temperature"), means=ClassMeans.of(fitted)), tmp_path)
    way = ("evaluate", test_table, "--resamples", "0", "--adapt")
    told = hemoscope(*way, "--json", "--calibration", tmp_path)
    assert told.code == 0, told.err
    assert told.json["trust"]["adapted_to"] == len(Predictions.read(test_table))
    shown = hemoscope(*way, "--calibration", tmp_path)
    assert "unlabelled cells)" in " ".join(shown.out.split())
    alone = hemoscope(*way)
    assert (alone.code, "--adapt changes what a calibration says" in alone.err) == (2, True)


def test_what_only_a_score_for_unknown_cells_goes_by_needs_one(hemoscope: Run, tmp_path: Path):
    table = drawn(300).write(tmp_path / "val.parquet")
    way = ("calibrate", table, "--out", tmp_path / "c.json")
    for option in (("--flag-rate", "0.05"), ("--reference", table), ("--unknown-cells", table)):
        done = hemoscope(*way, *option)
        assert (done.code, "Add --unknown auto" in " ".join(done.err.split())) == (2, True)
    done = hemoscope(*way, "--confidence", "1")
    assert (done.code, "such as 0.95" in done.err) == (2, True)
