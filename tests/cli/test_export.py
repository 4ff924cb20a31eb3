"""`hemoscope export`, as a user calls it."""

import pytest

from tests.deployment.conftest import make_run, tiny


def test_a_bundle_is_exported_and_predicted_with(hemoscope, tmp_path):
    run = make_run(tmp_path / "run", tiny("customcnn-text"))
    exported = hemoscope("export", run, "--out", tmp_path / "bundle", "--json")
    assert exported.code == 0, exported.err
    assert exported.json["bundle"] == str(tmp_path / "bundle")
    assert exported.json["parity"]["largest"] <= 1e-4
    again = hemoscope("export", run, "--out", tmp_path / "bundle")
    assert again.code == 1
    assert again.err.endswith("exists already. Name a new folder for the bundle.\n")
    assert again.out == ""


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--int8"], "--int8 needs cells to fit on and others to measure its cost"),
        (["--validate-on", "cells.csv"], "go with --int8"),
    ],
)
def test_int8_needs_cells_and_cells_need_int8(options, message, hemoscope, tmp_path):
    done = hemoscope("export", tmp_path, "--out", tmp_path / "bundle", *options)
    assert done.code == 2
    assert message in done.err


def test_two_bundles_become_one(hemoscope, tmp_path):
    run = make_run(tmp_path / "run", tiny("customcnn-text"))
    assert hemoscope("export", run, "--out", tmp_path / "one").code == 0
    done = hemoscope(
        "export",
        tmp_path / "one",
        "--second",
        tmp_path / "one",
        "--out",
        tmp_path / "two",
        "--json",
    )
    assert done.code == 0, done.err
    assert done.json["second"]["below"] == 0.9
    said = hemoscope(
        "export", tmp_path / "one", "--second", tmp_path / "one", "--out", tmp_path / "again"
    )
    assert "second network" in said.out
    assert "calibrate it" in said.err


@pytest.mark.parametrize(
    ("options", "message"),
    [
        (["--second", "run"], "run is a run folder, and --second puts bundles together"),
        (["--second", "one", "--views", "2"], "leave --cells, --predictions"),
        (["--below", "0.5"], "--below and --home go with --second"),
        (["--home", "cells.csv"], "--below and --home go with --second"),
    ],
)
def test_a_second_goes_with_bundles(options, message, hemoscope, tmp_path, monkeypatch):
    make_run(tmp_path / "run", tiny("customcnn-text"))
    monkeypatch.chdir(tmp_path)
    done = hemoscope("export", "run", "--out", "bundle", *options)
    assert done.code == 2
    assert message in done.err
    assert not (tmp_path / "bundle").exists()
