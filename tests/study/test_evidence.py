"""Leakage and calibration of finished runs."""

import json
from pathlib import Path

import pandas as pd
import pytest
import yaml
from study.calibrations import METHODS, calibrations
from study.evidence import digest_of, finished_runs, training_cells, twins, up_to_date
from study.run import RESULTS

from hemoscope.cells import CellTable
from hemoscope.predictions import Predictions

SPLIT = ("train", "train", "train", "val", "test", "test")


def cells() -> CellTable:
    names = [f"{label}{place}" for label in "xy" for place in range(len(SPLIT))]
    frame = pd.DataFrame(
        {"path": names, "label": [name[0] for name in names], "clean_split": SPLIT * 2}
    )
    return CellTable(frame.astype(object), Path("cells"))


def run_at(folder: Path, validation: str = "val") -> Path:
    folder.mkdir(parents=True)
    data = {"split_column": "clean_split", "train": "train", "validation": validation}
    recipe = yaml.safe_dump({"seed": 1, "data": data})
    (folder / "recipe.yaml").write_text(recipe, encoding="utf-8")
    table = Predictions.from_probabilities(
        ["x4", "x5", "y4", "y5"], ["x", "y"], [[0.9, 0.1], [0.2, 0.8], [0.1, 0.9], [0.1, 0.9]],
        labels=list("xxyy"),
    )  # fmt: skip
    table.write(folder / "test.parquet")
    return folder


def test_training_cells_are_those_of_the_recipe(tmp_path):
    column, found = training_cells(run_at(tmp_path / "one"), cells())
    assert column == "clean_split"
    assert set(found.paths) == {f"{label}{place}" for label in "xy" for place in range(4)}


def test_test_cells_that_the_paper_validates_on_are_no_training_cells(tmp_path):
    _, found = training_cells(run_at(tmp_path / "one", "test"), cells())
    assert set(found.frame["clean_split"]) == {"train"}


def test_a_reduced_run_was_trained_on_a_part(tmp_path):
    folder = run_at(tmp_path / "study-reduced" / "one" / "seed-1")
    less = {"epochs": 1, "seeds": 1, "train_per_class": 1}
    (tmp_path / "study-reduced" / "reduced.json").write_text(json.dumps(less), encoding="utf-8")
    _, found = training_cells(folder, cells())
    assert found.frame["clean_split"].value_counts().to_dict() == {"train": 2, "val": 2}


def test_twins_of_a_run(tmp_path):
    pairs = pd.DataFrame({"path_1": ["x0", "y3"], "path_2": ["x5", "y4"]})
    found = twins(run_at(tmp_path / "one"), cells(), pairs)
    assert found["training_cells"] == 8
    assert (found["with_twin"]["right"], found["with_twin"]["cells"]) == (1, 2)
    assert (found["without_twin"]["right"], found["without_twin"]["cells"]) == (2, 2)


def test_single_runs_come_before_those_of_the_study(tmp_path):
    for name in ("study/b/seed-1", "study-reduced/c/seed-1", "a"):
        run_at(tmp_path / name)
    found = [run.relative_to(tmp_path).as_posix() for run in finished_runs(tmp_path)]
    assert found == ["a", "study/b/seed-1", "study-reduced/c/seed-1"]


def test_only_what_is_about_other_predictions_is_out_of_date(tmp_path):
    run = run_at(tmp_path / "one")
    digest = digest_of(run)
    file = tmp_path / "twins.json"
    assert not up_to_date(file, digest)
    file.write_text(json.dumps({"predictions": digest}), encoding="utf-8")
    assert up_to_date(file, digest)
    Predictions.read(run / "test.parquet").take(range(2)).write(run / "test.parquet")
    assert not up_to_date(file, digest_of(run))


def test_every_gathered_file_is_about_the_predictions_beside_it():
    for run in finished_runs(RESULTS):
        for name in ("twins.json", "calibrations.json"):
            assert up_to_date(run / name, digest_of(run)), "run python -m study.evidence"


@pytest.mark.slow
def test_calibrations_by_the_public_commands(make, tmp_path):
    folder = make("inception_v3-text", 1, skill=3.0)
    crossed = calibrations(folder, tmp_path)
    assert crossed["fitted_on"] == "test, cross-validated"
    assert set(crossed["methods"]) == set(METHODS)
    other = make("inception_v3-text", 2, skill=3.0) / "test.parquet"
    validation = Predictions.read(other)
    moved = Predictions.from_logits(
        [f"other/{path}" for path in validation.paths], validation.classes,
        3 * (validation.logits if validation.logits is not None else validation.probabilities),
        labels=list(validation.labels if validation.labels is not None else ()),
    )  # fmt: skip
    moved.write(folder / "val.parquet")
    found = calibrations(folder, tmp_path)
    assert found["fitted_on"] == "val"
    one = found["methods"]["temperature"]
    # Normal scores of unit variance, 3 apart: three times them are the log odds themselves.
    assert one["parameters"]["temperature"] == pytest.approx(1, abs=0.2)
    change = one["changes"]["nll"]
    assert change["difference"] == pytest.approx(change["after"] - change["before"])
    assert set(one["class_ece"]) == set(validation.classes)
