"""What is refused as a bundle."""

import hashlib
import json
from pathlib import Path

import pytest

from hemoscope.errors import UsageError
from hemoscope.inference import ModelError, load_scorer, read_bundle


def _description(model: bytes) -> dict:
    return {
        "format": "hemoscope-bundle",
        "version": 1,
        "model": {
            "file": "model.onnx",
            "sha256": hashlib.sha256(model).hexdigest(),
            "size": len(model),
            "opset": 20,
            "precision": "float32",
        },
        "classes": ["a", "b"],
        "preprocessing": {"image_size": 32, "mean": [0, 0, 0], "std": [1, 1, 1]},
        "outputs": {"features": 4, "attention": None},
        "architecture": {},
        "run": {},
        "exported": {},
        "parity": {"cells": "c", "count": 1, "tolerance": 1e-4, "largest": 0, "worst": "c"},
    }


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "model.onnx").write_bytes(b"a model")
    (tmp_path / "bundle.json").write_text(json.dumps(_description(b"a model")))
    return tmp_path


def _change(folder: Path, **changes: object) -> None:
    content = json.loads((folder / "bundle.json").read_text())
    (folder / "bundle.json").write_text(json.dumps(content | changes))


def test_a_whole_bundle_is_read_and_later_fields_are_passed_over(folder):
    _change(folder, colour_of_the_sky="blue")
    assert read_bundle(folder).info.classes == ("a", "b")


def test_a_model_that_was_changed_is_refused(folder):
    (folder / "model.onnx").write_bytes(b"b model")
    with pytest.raises(ModelError, match="not the file that was exported"):
        load_scorer(folder)


def test_a_model_that_is_missing_is_named(folder):
    (folder / "model.onnx").unlink()
    with pytest.raises(ModelError, match=r"has no model\.onnx"):
        load_scorer(folder)


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"version": 2}, r"is a bundle of format 2; this hemoscope reads format 1"),
        ({"format": "other"}, "does not describe a hemoscope bundle"),
        ({"classes": ["a"]}, r"is damaged: classes: "),
    ],
)
def test_a_description_that_does_not_fit_says_why(folder, changes, message):
    _change(folder, **changes)
    with pytest.raises(ModelError, match=message):
        load_scorer(folder)


def test_a_model_file_outside_the_bundle_is_never_opened(folder):
    model = _description(b"a model")["model"] | {"file": "../model.onnx"}
    _change(folder, model=model)
    with pytest.raises(ModelError, match=r"damaged: model\.file"):
        load_scorer(folder)


def test_a_description_cut_short_is_refused(folder):
    text = (folder / "bundle.json").read_text()
    (folder / "bundle.json").write_text(text[:100])
    with pytest.raises(ModelError, match="cannot be read"):
        load_scorer(folder)


def test_onnxruntime_cannot_open_what_is_no_model(folder):
    with pytest.raises(ModelError, match=r"onnxruntime \S+ cannot open .*model\.onnx"):
        load_scorer(folder)


def test_bfloat16_is_for_run_folders(folder):
    with pytest.raises(UsageError, match="bfloat16 is for run folders"):
        load_scorer(folder, bfloat16=True)
