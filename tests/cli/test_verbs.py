"""Every verb, called as a user calls it: exit code, JSON, and what a mistake is answered with."""

import json
from dataclasses import replace
from pathlib import Path

import pytest
from sklearn.metrics import accuracy_score, balanced_accuracy_score
from typer.testing import CliRunner

from hemoscope.cell_set import CellSet
from hemoscope.cells.synthetic import write_synthetic
from hemoscope.cli.main import app
from hemoscope.errors import UsageError
from hemoscope.predictions import Predictions

from .conftest import Run


@pytest.fixture
def cells(tmp_path: Path) -> Path:
    write_synthetic(tmp_path / "cells", per_class=5, seed=2, size=32)
    return tmp_path / "cells"


def test_cells_counts_what_is_there(hemoscope: Run, cells: Path):
    outcome = hemoscope("cells", cells / "manifest.csv", "--json")
    assert outcome.code == 0
    assert outcome.json["cells"] == 40
    assert set(outcome.json["classes"].values()) == {5}
    assert set(outcome.json["splits"]["split"]) == {"train", "val", "test"}


def test_an_unreadable_file_is_named_and_exits_1(hemoscope: Run, cells: Path):
    (cells / "platelet" / "PLATELET_0001.png").write_text("no picture")
    outcome = hemoscope("cells", cells / "manifest.csv")
    assert outcome.code == 1
    assert "1 of 40 images cannot be read" in outcome.err
    assert "PLATELET_0001.png" in outcome.err


def test_split_writes_a_manifest_that_opens_as_it_says(hemoscope: Run, cells: Path, tmp_path: Path):
    out = tmp_path / "split.csv"
    outcome = hemoscope(
        "split", cells / "manifest.csv", "--out", out, "--fractions", "train=0.6,test=0.4",
        "--column", " my_split", "--json",
    )  # fmt: skip
    assert outcome.code == 0
    assert outcome.json["splits"]["test"]["platelet"] == 2
    counted = hemoscope("cells", out, "--json").json
    assert counted["fingerprint"] == outcome.json["fingerprint"]
    assert counted["splits"]["my_split"]["train"]["platelet"] == 3


def test_groups_of_a_file_stay_on_one_side(hemoscope: Run, cells: Path, tmp_path: Path):
    lines = ["path,group"]
    for name in ("platelet", "monocyte"):
        lines += [f"{name}/{name.upper()}_000{i}.png,same-{name}" for i in (1, 2, 3)]
    groups = tmp_path / "groups.csv"
    groups.write_text("\n".join(lines))
    out = cells / "grouped.csv"
    outcome = hemoscope(
        "split", cells / "manifest.csv", "--groups", groups, "--out", out, "--column", "side",
        "--fractions", "train=0.6,test=0.4", "--json",
    )  # fmt: skip
    assert outcome.code == 0, outcome.err
    from hemoscope.cells import open_cells

    frame = open_cells(out).frame
    together = frame[frame["group"].str.startswith("same-")]
    assert len(together) == 6
    assert (together.groupby("group")["side"].nunique() == 1).all()


def test_cells_without_labels_are_split_by_group(hemoscope: Run, tmp_path: Path):
    source = tmp_path / "cells.csv"
    rows = [f"{i}.png,p{i // 2}" for i in range(20)]
    source.write_text("\n".join(["path,group", *rows]))
    command = ["split", source, "--out", tmp_path / "out.csv", "--method", "grouped"]
    command += ["--fractions", "train=0.6,test=0.4"]
    outcome = hemoscope(*command, "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.json["splits"] == {"test": {"": 8}, "train": {"": 12}}
    assert "(no label)" in hemoscope(*command).out


def test_the_split_of_the_paper_records_no_shares_that_it_did_not_use(cells: Path):
    out = cells / "paper.csv"
    command = ["split", str(cells / "manifest.csv"), "--out", str(out), "--method", "paper"]
    assert CliRunner().invoke(app, command).exit_code == 0
    note = json.loads((cells / "paper.csv.json").read_text())
    assert note["method"] == "paper"
    assert "fractions" not in note


@pytest.mark.parametrize(
    "command",
    [
        ("compare", "a=TABLE", "b=TABLE", "--run", "a=nowhere"),
        ("compare", "a=TABLE", "b=TABLE", "--seeds", "model=a,third"),
        ("calibrate", "TABLE", "--out", "c.json", "--unknown", "auto", "--features", "nowhere"),
        ("evaluate", "nowhere.parquet"),
    ],
)
def test_what_a_call_names_and_is_not_there_is_wrong_usage(table: Path, command: tuple[str, ...]):
    done = CliRunner().invoke(app, [word.replace("TABLE", str(table)) for word in command])
    assert isinstance(done.exception, UsageError), done.exception


def test_evaluate_prints_json_alone_by_either_name(hemoscope: Run, table: Path):
    named, short = (
        hemoscope("evaluate", table, "--resamples", "0", *option)
        for option in (("--format", "json"), ("--json",))
    )
    assert named.json == short.json


def test_evaluate_prints_what_scikit_learn_gets(hemoscope: Run, table: Path, tmp_path: Path):
    report = tmp_path / "report.html"
    outcome = hemoscope("evaluate", table, "--resamples", "50", "--report", report, "--json")
    assert outcome.code == 0, outcome.err
    read = Predictions.read(table)
    truth, predicted = read.truth(), read.predicted
    assert outcome.json["accuracy"] == pytest.approx(accuracy_score(truth, predicted))
    balanced = balanced_accuracy_score(truth, predicted)
    assert outcome.json["balanced_accuracy"] == pytest.approx(balanced)
    assert outcome.json["per_class"]["ig"]["support"] == 20
    assert report.read_text(encoding="utf-8").lower().startswith("<!doctype html>")


def test_the_pictures_of_a_report_need_no_labels(table: Path, cells: Path, tmp_path: Path):
    pictures = cells / "some.csv"
    pictures.write_text("path,label\nplatelet/PLATELET_0001.png,x\nplatelet/PLATELET_0002.png,\n")
    report = tmp_path / "report.html"
    options = ("--resamples", "0", "--report", str(report), "--images", str(pictures))
    done = CliRunner().invoke(app, ["evaluate", str(table), *options])
    assert done.exit_code == 0, done.exception
    assert report.is_file()


def test_compare_sets_two_tables_side_by_side(hemoscope: Run, table: Path, tmp_path: Path):
    read = Predictions.read(table)
    assert read.labels is not None
    other = Predictions.from_logits(
        read.paths.tolist(), read.classes, -read.probabilities, labels=read.labels.tolist()
    ).write(tmp_path / "other.csv")
    outcome = hemoscope("compare", f"good={table}", f"bad={other}", "--resamples", "50", "--json")
    assert outcome.code == 0, outcome.err
    assert outcome.json["models"] == ["good", "bad"]
    shown = hemoscope("compare", f"good={table}", f"bad={other}", "--resamples", "0")
    assert shown.code == 0, shown.err
    assert "McNemar" in shown.out


def test_compare_takes_files_and_folders_with_an_equals_sign(
    table: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
):
    read = Predictions.read(table)
    for name in ("lr=0.1/p.csv", "lr=0.2.csv"):
        read.write(tmp_path / name)
    monkeypatch.chdir(tmp_path)
    command = ["compare", "--resamples", "0", "--json"]
    for tables, names in (
        (["lr=0.1/p.csv", "lr=0.2.csv"], ["p", "lr=0.2"]),
        (["./lr=0.1/p.csv", f"one={tmp_path}/lr=0.2.csv"], ["p", "one"]),
    ):
        done = CliRunner().invoke(app, [*command, *tables])
        assert json.loads(done.stdout)["models"] == names
    gone = CliRunner().invoke(app, [*command, "./lr=0.3/p.csv", "lr=0.2.csv"]).exception
    assert "there is no predictions table at lr=0.3/p.csv" in str(gone)


def test_compare_refuses_the_fitted_cells(hemoscope: Run, table: Path, tmp_path: Path):
    read = Predictions.read(table)
    fitted = {"calibration": {"fitted_cells": CellSet.of(read).digests}}
    warm = replace(read, provenance=fitted).write(tmp_path / "warm.csv")
    way = ("compare", f"raw={table}", f"warm={warm}", "--resamples", "0")
    refused = hemoscope(*way)
    assert refused.code == 1
    assert "the calibration of warm was fitted on" in refused.err
    assert hemoscope(*way, "--allow-fitted-cells").code == 0


def test_doctor_and_models_answer_in_json(hemoscope: Run):
    assert hemoscope("doctor", "--json").json["machine"]["processors"] >= 1
    names = {row["name"] for row in hemoscope("models", "--json").json["models"]}
    assert {"inception_v3-table2", "customcnn-text", "resnet50-hierarchical"} <= names


def test_claims_counts_every_number_of_the_paper(hemoscope: Run):
    outcome = hemoscope("claims")
    assert outcome.code == 0
    assert "contradicted" in outcome.out


def test_show_recipe_shows_every_default(hemoscope: Run):
    shown = hemoscope("train", "--show-recipe").out
    assert "ema_decay:" in shown
    assert "label_smoothing:" in shown


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (
            ["predict", "nowhere", "--model", "m", "--out", "file/t.csv"],
            1,
            "cannot write file/t.csv",
        ),
        (["predict", "nowhere", "--model", "m", "--out", "folder.csv"], 1, "Is a directory"),
        (["explain", "m", "nowhere", "--out", "file"], 2, "--out file is a file. Name a folder."),
        (
            ["explain", "m", "nowhere", "--out", "file/x"],
            1,
            "a folder of its path would be. Name another --out",
        ),
        (["audit", "nowhere", "--out", "file"], 2, "--out file is a file. Name a folder."),
        (["audit", "nowhere", "--out", "x" * 300], 1, "File name too long"),
    ],
)
def test_an_impossible_output_is_told_before_anything_is_opened(
    hemoscope: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments, code, message
):
    monkeypatch.chdir(tmp_path)
    Path("file").touch()
    Path("folder.csv").mkdir()
    outcome = hemoscope(*arguments)
    assert message in " ".join(outcome.err.split())
    assert outcome.code == code
    assert "nowhere" not in outcome.err


@pytest.mark.parametrize(
    ("arguments", "code", "message"),
    [
        (["cells", "nowhere"], 2, "there is no file or folder nowhere"),
        (["evaluate", "nowhere.csv"], 2, "there is no predictions table at nowhere.csv"),
        (["evaluate", "t.xlsx"], 2, "predictions tables are .parquet or .csv"),
        (["predict", ".", "--model", "m", "--out", "t.txt"], 2, "predictions tables are"),
        (["predict", ".", "--model", "m", "--out", "t.csv"], 2, "there is no model folder at m"),
        (["classify", "-", "--model", "m"], 2, "there is no model folder at m"),
        (["claims", "--results", "nowhere"], 2, "There are no results at nowhere"),
        (["train"], 2, "train needs a SOURCE and a run folder"),
        (["train", "--recipe", "papr"], 1, "there is no recipe 'papr'"),
        (["train", "--set", "model=resnet51-text"], 2, "no model called 'resnet51-text'"),
        (["train", "x", "--out", "y", "--resume", "--set", "epochs=1"], 2, "takes no recipe"),
        (["compare", "one.csv"], 2, "two or more tables"),
        (["split", ".", "--out", "o.csv", "--fractions", "half"], 2, "--fractions 'half'"),
        (["split", ".", "--out", "o.csv", "--column", "label"], 2, "over the 'label' of every"),
        (["split", ".", "--out", "o.csv", "--column", "path"], 2, "over the 'path' of every"),
        (
            ["split", ".", "--out", "o.csv", "--column", "slide", "--group-column", "slide"],
            2,
            "over the 'slide' of every",
        ),
        (
            ["split", ".", "--out", "o.csv", "--groups", "g.csv", "--group-column", "label"],
            2,
            "would write the groups over the 'label'",
        ),
        (
            ["split", ".", "--out", "o.csv", "--method", "paper", "--fractions", "a=0.5,b=0.5"],
            2,
            "takes no --fractions",
        ),
        (["frobnicate"], 2, "No such command"),
    ],
)
def test_a_mistake_gets_one_message_and_no_traceback(
    hemoscope: Run, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, arguments, code, message
):
    (tmp_path / "empty").mkdir()
    monkeypatch.chdir(tmp_path / "empty")
    outcome = hemoscope(*arguments)
    assert message in " ".join(outcome.err.split())
    assert outcome.code == code
    assert "Traceback" not in outcome.err
    assert outcome.out == ""


def test_a_manifest_is_named_as_one_and_tells_its_groups(
    hemoscope: Run, cells: Path, tmp_path: Path
):
    out = tmp_path / "noext"
    done = hemoscope("split", cells / "manifest.csv", "--out", out)
    assert (done.code, "has to end in .csv" in done.err) == (2, True)
    (tmp_path / "split.csv").mkdir()
    done = hemoscope("split", cells / "manifest.csv", "--out", tmp_path / "split.csv")
    assert done.code == 1
    assert not (tmp_path / "split.csv.json").exists()
    done = hemoscope("split", cells, "--groups", "nosuch.csv", "--out", tmp_path / "s.csv")
    assert (done.code, "there is no file nosuch.csv" in done.err) == (2, True)


def test_a_table_without_a_name_is_wrong_usage(hemoscope: Run, tmp_path: Path):
    done = hemoscope("compare", "a=one.csv", "=two.csv")
    assert (done.code, "gives a table no name" in done.err) == (2, True)
