import json

import numpy as np
import pandas as pd
import pytest
from typer.testing import CliRunner

from hemoscope.audit import PairError
from hemoscope.cells import CellTableError, SelectionError, write_manifest
from hemoscope.cli.main import app
from hemoscope.errors import HemoscopeError, UsageError
from hemoscope.predictions import Predictions
from tests.audit.conftest import crop, draw_field

pytest.importorskip("faiss")


@pytest.fixture
def manifest(make_set, tmp_path, monkeypatch):
    monkeypatch.setenv("HEMOSCOPE_CACHE", str(tmp_path / "cache"))

    def make(second: str):
        field = draw_field(0)
        cells = {
            "a.png": crop(field, 0, 0),
            "b.png": crop(field, 0, 0),
            "c.png": crop(field, 300, 0),
        }
        write_manifest(make_set(cells, label=["x", second, "x"]), tmp_path / "manifest.csv")
        return tmp_path / "manifest.csv"

    return make


def test_json_alone_stands_on_stdout_and_the_exit_code_tells(manifest, tmp_path) -> None:
    arguments = ["audit", str(manifest("y")), "--out", str(tmp_path / "out"), "--json"]
    ran = CliRunner().invoke(app, arguments)
    assert ran.exit_code == 1
    assert json.loads(ran.stdout)["serious"] is True
    written = {file.name for file in (tmp_path / "out").iterdir()}
    assert {"findings.json", "groups.csv", "pairs.csv", "cleaned.csv", "audit.html"} <= written


def test_cells_of_an_array_file_have_all_but_a_manifest(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv("HEMOSCOPE_CACHE", str(tmp_path / "cache"))
    images = np.stack([crop(draw_field(seed), 0, 0, 64) for seed in range(3)])
    parts = {f"{split}_images": images + i for i, split in enumerate(("train", "val", "test"))}
    parts |= {name.replace("images", "labels"): np.array([[0], [1], [0]]) for name in parts}
    np.savez(tmp_path / "cells.npz", **parts)
    arguments = ["audit", str(tmp_path / "cells.npz"), "--out", str(tmp_path / "out")]
    ran = CliRunner().invoke(app, arguments)
    assert ran.exception is None or isinstance(ran.exception, SystemExit)
    assert "cleaned.csv was not written: a manifest names image files" in ran.stderr
    written = {file.name for file in (tmp_path / "out").iterdir()}
    assert {"findings.json", "groups.csv", "pairs.csv", "batch.csv", "audit.html"} <= written
    assert "cleaned.csv" not in written


def test_warnings_alone_exit_with_0(manifest) -> None:
    ran = CliRunner().invoke(app, ["audit", str(manifest("x"))])
    assert ran.exit_code == 0
    assert "CELL010" in ran.stdout


def test_predictions_of_other_cells_are_refused(manifest, tmp_path) -> None:
    table = Predictions.from_probabilities(
        ["elsewhere.png"], ["x", "y"], [[0.9, 0.1]], labels=["x"]
    ).write(tmp_path / "predictions.csv")
    ran = CliRunner().invoke(app, ["audit", str(manifest("x")), "--predictions", str(table)])
    assert isinstance(ran.exception, HemoscopeError)
    assert "no cell of the predictions stands in SOURCE" in str(ran.exception)


def test_twins(manifest, tmp_path) -> None:
    source = manifest("x")
    groups = pd.DataFrame({"path": ["a.png", "b.png", "c.png"], "group": ["1", "1", "2"]})
    groups.to_csv(tmp_path / "groups.csv", index=False)
    pd.read_csv(source).assign(split=["train", "test", "test"]).to_csv(source, index=False)
    table = Predictions.from_probabilities(
        ["b.png", "c.png"], ["x", "y"], [[0.9, 0.1], [0.2, 0.8]], labels=["x", "x"]
    ).write(tmp_path / "predictions.csv")
    ran = CliRunner().invoke(
        app,
        ["twins", str(table), "--groups", str(tmp_path / "groups.csv"), "--training", str(source),
         "--split-column", "split", "--json"],
    )  # fmt: skip
    found = json.loads(ran.stdout)
    assert (found["with_twin"]["accuracy"], found["without_twin"]["accuracy"]) == (1.0, 0.0)


def test_twins_use_what_was_asked_for_or_say_that_it_is_not_there(manifest, tmp_path) -> None:
    source = manifest("x")
    groups = pd.DataFrame({"path": ["a.png", "b.png", "c.png"], "group": ["1", "1", "2"]})
    groups.to_csv(tmp_path / "groups.csv", index=False)
    pd.read_csv(source).assign(split=["val", "test", "train"]).to_csv(source, index=False)
    table = Predictions.from_probabilities(["b.png"], ["x", "y"], [[0.9, 0.1]], labels=["x"]).write(
        tmp_path / "predictions.csv"
    )
    command = ["twins", str(table), "--groups", str(tmp_path / "groups.csv"), "--training",
               str(source), "--json"]  # fmt: skip

    def with_twin(*options: str) -> int:
        return json.loads(CliRunner().invoke(app, [*command, *options]).stdout)["with_twin"][
            "cells"
        ]

    assert with_twin("--split-column", "split", "--use", "train, val") == 1
    assert with_twin("--use", "train") == 0
    assert with_twin("--use", "val") == 1
    for options, words in (
        (["--use", "train,vall"], "'vall' in column 'split'; it holds: 'test', 'train'"),
        (["--split-column", "fold"], "no column 'fold'"),
    ):
        failed = CliRunner().invoke(app, [*command, *options]).exception
        assert isinstance(failed, SelectionError)
        assert words in str(failed)


def test_twins_by_pairs_alone(manifest, tmp_path) -> None:
    source = manifest("x")
    pd.read_csv(source).assign(split=["train", "test", "test"]).to_csv(source, index=False)
    pairs = tmp_path / "pairs.csv"
    pd.DataFrame({"path_1": ["a.png"], "path_2": ["b.png"]}).to_csv(pairs, index=False)
    table = Predictions.from_probabilities(
        ["b.png", "c.png"], ["x", "y"], [[0.9, 0.1], [0.2, 0.8]], labels=["x", "x"]
    ).write(tmp_path / "predictions.csv")
    command = ["twins", str(table), "--training", str(source), "--split-column", "split", "--json"]
    ran = CliRunner().invoke(app, [*command, "--pairs", str(pairs)])
    found = json.loads(ran.stdout)
    assert (found["with_twin"]["right"], found["without_twin"]["right"]) == (1, 0)
    assert found["difference"]["difference"] == 1.0
    for wrong in ([], ["--pairs", str(pairs), "--groups", str(pairs)]):
        assert isinstance(CliRunner().invoke(app, [*command, *wrong]).exception, UsageError)
    for option, file, error, words in (
        ("--groups", "missing.csv", CellTableError, "there is no file missing.csv"),
        ("--groups", str(pairs), CellTableError, "needs the columns path and group"),
        ("--pairs", "missing.csv", PairError, "cannot be read as a table of pairs"),
    ):
        failed = CliRunner().invoke(app, [*command, option, file]).exception
        assert isinstance(failed, error)
        assert words in str(failed)
