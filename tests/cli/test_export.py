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
