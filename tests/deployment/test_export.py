"""From a run folder to a bundle."""

import errno
import json
import shutil
from dataclasses import replace
from pathlib import Path

import numpy as np
import onnx
import pytest

from hemoscope.calibration import Trust, fit, fit_unknown, read_trust, write_trust
from hemoscope.cells import open_cells
from hemoscope.deployment.export import ExportError, ExportOptions, export_run
from hemoscope.deployment.parity import ParityError
from hemoscope.deployment.samples import NamedCells
from hemoscope.errors import HemoscopeError
from hemoscope.inference import load_scorer, predict_cells, read_bundle
from hemoscope.inference.torch_scorer import TorchScorer
from hemoscope.inference.views import ManyViews
from hemoscope.models.zoo import ZOO
from hemoscope.training.run_folder import RunFolderError
from tests.calibration.unknown.planted import known as planted_cells
from tests.deployment.conftest import CLASSES, make_run, tiny


def _pixels(count: int, size: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, size, size, 3), dtype=np.uint8)


def test_a_bundle_observes_what_the_run_observes(run, bundle):
    pixels = _pixels(5, 32)  # neither the number that was exported with, nor one
    trained, exported = TorchScorer(run, device="cpu"), load_scorer(bundle)
    assert exported.classes == trained.classes
    assert exported.frame == trained.frame
    expected, seen = trained.observe(pixels), exported.observe(pixels)
    assert seen.attention is not None
    assert expected.attention is not None
    np.testing.assert_allclose(seen.logits, expected.logits, atol=1e-4)
    np.testing.assert_allclose(seen.features, expected.features, atol=1e-4)
    np.testing.assert_allclose(seen.attention, expected.attention, atol=1e-4)
    np.testing.assert_array_equal(exported.score(pixels), seen.logits)
    np.testing.assert_allclose(exported.score(pixels[:1]), expected.logits[:1], atol=1e-4)


def test_a_bundle_of_several_views_looks_so_often_and_takes_no_calibration(run, bundle, tmp_path):
    export_run(run, tmp_path / "four", ExportOptions(views=4))
    four, once = load_scorer(tmp_path / "four"), load_scorer(bundle)
    pixels = _pixels(3, 32)
    np.testing.assert_allclose(four.score(pixels), ManyViews(once, 4).score(pixels), rtol=1e-6)
    assert four.describe()["views"] == 4
    assert not (tmp_path / "four" / "calibration.json").exists()
    assert read_bundle(tmp_path / "four").info.preprocessing.views == 4


def test_the_bundle_says_what_is_in_it(run, bundle):
    info = read_bundle(bundle).info
    assert info.classes == CLASSES
    assert info.preprocessing.image_size == 32
    assert info.outputs.features == 256 + 16 + 16
    assert info.outputs.attention == (2, 2)
    assert info.model.precision == "float32"
    assert info.model.size == (bundle / "model.onnx").stat().st_size
    assert info.parity.largest <= 1e-4
    assert info.parity.cells == "synthetic cells, drawn by hemoscope"
    assert info.run["provenance"] == json.loads((run / "provenance.json").read_text())
    assert sorted(file.name for file in bundle.iterdir()) == [
        "bundle.json",
        "model-card.md",
        "model.onnx",
    ]


def test_the_onnx_file_tells_nothing_of_the_machine_it_was_made_on(bundle):
    model = onnx.load(bundle / "model.onnx")
    keys = {entry.key for node in model.graph.node for entry in node.metadata_props}
    assert keys == {"hemoscope.block"}
    assert str(Path(__file__).parents[2]).encode() not in (bundle / "model.onnx").read_bytes()


def test_figures_of_another_model_do_not_come_onto_the_card(run, cells, tmp_path):
    table = predict_cells(open_cells(cells), TorchScorer(run)).predictions
    for name, (provenance, message) in {
        "anyones": ({}, "do not say which model file"),
        "others": (
            {**table.provenance, "sha256": "0" * 64},
            r"another model \(SHA-256 0{12}…",
        ),
        "branch": ({**table.provenance, "branch": "resnet50"}, "of the branch resnet50 alone"),
        "views": ({**table.provenance, "views": 8}, "with 8 views of each cell, not 1"),
    }.items():
        file = replace(table, provenance=provenance).write(tmp_path / f"{name}.parquet")
        with pytest.raises(HemoscopeError, match=f"{name}.parquet .*{message}.* on the card"):
            export_run(run, tmp_path / "bundle", ExportOptions(predictions=(file,)))
    assert not (tmp_path / "bundle").exists()


def test_the_card_holds_figures_of_a_table_and_the_calibration_goes_along(run, cells, tmp_path):
    table = predict_cells(open_cells(cells), TorchScorer(run)).predictions
    file = table.write(tmp_path / "val.parquet")
    calibrated = Path(shutil.copytree(run, tmp_path / "run"))
    strange = fit_unknown("mahalanobis", planted_cells(400))
    trust = Trust(fit(table, "none", folds=2), unknown=strange)
    write_trust(trust, calibrated)
    options = ExportOptions(predictions=(file,))
    bundle = export_run(calibrated, tmp_path / "bundle", options)
    (figure,) = bundle.info.figures
    right = table.predicted == table.truth()
    assert figure.cells == 32
    assert figure.accuracy == pytest.approx(right.mean())
    assert figure.low < figure.accuracy < figure.high
    assert figure.recall["platelet"] == pytest.approx(right[table.labels == "platelet"].mean())
    card = (tmp_path / "bundle" / "model-card.md").read_text()
    assert f"**val.parquet**: 32 cells, accuracy {100 * right.mean():.2f} %" in card
    assert "not a medical device" in card
    assert "Fitted on 32 validation cells" in card
    went_along = read_trust(tmp_path / "bundle")
    assert went_along.calibrator == trust.calibrator
    assert went_along.unknown is not None
    assert went_along.unknown.to_json() == strange.to_json()


def test_an_export_that_computes_something_else_is_refused(run, cells, tmp_path, monkeypatch):
    from hemoscope.deployment import export

    def differing(model, file):
        model.head[-1].bias.data[3] += 0.01
        write_onnx(model, file)
        model.head[-1].bias.data[3] -= 0.01

    write_onnx = export.write_onnx
    monkeypatch.setattr(export, "write_onnx", differing)
    options = ExportOptions(cells=NamedCells("manifest.csv", open_cells(cells)))
    with pytest.raises(ParityError, match=r"by 0\.01 in a logit of \w+/\w+\.png \(of manifest"):
        export_run(run, tmp_path / "out" / "bundle", options)
    assert list((tmp_path / "out").iterdir()) == []


def test_what_cannot_be_exported_is_said(run, bundle, tmp_path):
    with pytest.raises(ExportError, match="exists already"):
        export_run(run, bundle)
    unfinished = make_run(tmp_path / "run", tiny("customcnn-backbone"))
    (unfinished / "model.safetensors").unlink()
    with pytest.raises(ExportError, match="has not come to its end"):
        export_run(unfinished, tmp_path / "bundle")


@pytest.mark.parametrize(
    ("provenance", "message"),
    [
        (None, "has no provenance.json, .* Copy the run folder whole"),
        ("{", r"provenance\.json is damaged \(Expecting"),
        ("[]", r"is damaged \(it holds no JSON object\)"),
    ],
)
def test_a_run_that_does_not_say_what_it_was_made_of_is_refused_at_once(
    provenance, message, run, tmp_path
):
    copied, told = tmp_path / "run", []
    shutil.copytree(run, copied)
    (copied / "provenance.json").unlink()
    if provenance is not None:
        (copied / "provenance.json").write_text(provenance)
    with pytest.raises(RunFolderError, match=message):
        export_run(copied, tmp_path / "out" / "bundle", tell=told.append)
    assert told == []
    assert not (tmp_path / "out").exists()


def test_what_cannot_be_read_is_not_said_of_the_bundle(run, tmp_path, monkeypatch):
    from hemoscope.deployment import export

    def gone(file, branch):
        raise FileNotFoundError(errno.ENOENT, "No such file or directory", str(file))

    monkeypatch.setattr(export, "load_model", gone)
    with pytest.raises(FileNotFoundError, match=r"model\.safetensors"):
        export_run(run, tmp_path / "out" / "bundle")
    assert list((tmp_path / "out").iterdir()) == []


def test_a_disk_that_fills_up_leaves_nothing_and_is_said(run, tmp_path, monkeypatch):
    from hemoscope.deployment import export

    def full(model, file):
        raise OSError(errno.ENOSPC, "No space left on device", str(file))

    monkeypatch.setattr(export, "write_onnx", full)
    with pytest.raises(ExportError, match=r"the bundle .*together: the disk is full: make room"):
        export_run(run, tmp_path / "out" / "bundle")
    assert list((tmp_path / "out").iterdir()) == []


@pytest.mark.slow
@pytest.mark.parametrize("name", ZOO)
def test_the_whole_zoo_exports(name, tmp_path):
    # Tables' encoders as wide as published take gigabytes; one narrow head shows as much.
    config = tiny(name, 128)
    encoder = config.encoder.model_copy(update={"key_width": 8, "feed_forward": 32})
    config = config.model_copy(update={"encoder": encoder})
    bundle = export_run(make_run(tmp_path / "run", config), tmp_path / "bundle")
    assert bundle.info.parity.largest <= 1e-4
    assert (bundle.info.outputs.attention is None) == (config.encoder.blocks == 0)
