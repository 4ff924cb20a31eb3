"""calibrate, and evaluate with what it wrote."""

from pathlib import Path

import pytest

from tests.calibration.simulate import drawn
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


def test_calibrate_never_loads_torch_or_matplotlib(validation: Path, tmp_path: Path):
    arguments = ["calibrate", str(validation), "--out", str(tmp_path)]
    assert loaded(arguments, {"torch", "matplotlib"}) == ""
    assert (tmp_path / "calibration.json").is_file()


def test_wrong_usage(hemoscope: Run, validation: Path, tmp_path: Path):
    wrong = hemoscope("calibrate", validation, "--alpha", "2", "--out", tmp_path)
    assert wrong.code == 2
    assert "alpha is 2.0; it is a share between 0 and 1" in wrong.err
    assert not (tmp_path / "calibration.json").exists()
