"""One branch of a joint model: scored, exported, and refused where it cannot be."""

import json

import numpy as np
import pytest
import torch
from torch import nn
from typer.testing import CliRunner

from hemoscope.cells.synthetic import draw_cell
from hemoscope.cli.main import app
from hemoscope.deployment.export import ExportOptions, export_run
from hemoscope.errors import UsageError
from hemoscope.explanation.opening import open_model
from hemoscope.inference import load_scorer
from hemoscope.models.joint import JointClassifier
from hemoscope.models.joint_build import build_classifier
from hemoscope.models.joint_config import joint_config
from hemoscope.models.store import save_model
from hemoscope.predictions import Predictions
from hemoscope.training.recipe import Recipe
from hemoscope.training.recipe_files import dump_recipe
from tests.deployment.conftest import CLASSES, LOGIT_SD

BRANCHES = ("customcnn", "resnet18")


@pytest.fixture(scope="module")
def joint_run(tmp_path_factory):
    """A finished run folder of a joint model, without the training."""
    run = tmp_path_factory.mktemp("joint") / "run"
    run.mkdir()
    torch.manual_seed(0)
    tied = {"blocks": 2, "tied": True}
    config = joint_config({"joint": list(BRANCHES), "width": 16, "image_size": 64, "encoder": tied})
    model = build_classifier(config, len(CLASSES), "none")
    assert isinstance(model, JointClassifier)
    _settle(model)
    save_model(model, CLASSES, run / "model.safetensors")
    (run / "recipe.yaml").write_text(dump_recipe(Recipe(model=model.config, weights="none")))
    data = {
        "source": "manifest.csv",
        "cells": 80,
        "fingerprint": "f" * 64,
        "splits": {"train": 56, "val": 8, "test": 16},
    }
    (run / "provenance.json").write_text(json.dumps({"hemoscope": "0.1.0", "data": data}))
    (run / "calibration.json").write_text('{"temperature": 1.5}')
    return run


def _settle(model: JointClassifier) -> None:
    """Statistics of cells and logits of some size, as a training leaves them."""
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    cells = np.stack([draw_cell(label, seed, 64) for label in CLASSES for seed in range(2)])
    with torch.no_grad():
        images = torch.from_numpy(cells).permute(0, 3, 1, 2) / 255
        model.train()(images)
        model.head[-1].weight.mul_(LOGIT_SD / model.eval()(images).std())


def _pixels(count: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, 64, 64, 3), dtype=np.uint8)


@pytest.mark.slow
@pytest.mark.parametrize("branch", BRANCHES)
def test_any_branch_exports_as_a_bundle_of_its_own(joint_run, branch, tmp_path):
    bundle = export_run(joint_run, tmp_path / "bundle", ExportOptions(branch=branch))
    assert bundle.info.parity.largest <= 1e-4
    assert bundle.info.run["branch"] == branch
    assert bundle.info.architecture["backbone"].partition(".")[0] == branch
    assert not bundle.calibration.exists()  # that one is of the mean of all
    assert f"| branch | `{branch}` of a joint model" in (bundle.path / "model-card.md").read_text()
    trained, exported = load_scorer(joint_run, branch=branch), load_scorer(bundle.path)
    expected, seen = trained.observe(_pixels(3)), exported.observe(_pixels(3))
    np.testing.assert_allclose(seen.logits, expected.logits, atol=1e-4)
    np.testing.assert_allclose(seen.features, expected.features, atol=1e-4)
    np.testing.assert_allclose(seen.attention, expected.attention, atol=1e-4)
    with pytest.raises(UsageError, match="is a bundle, which holds one model"):
        load_scorer(bundle.path, branch=branch)


def test_the_whole_is_not_exported_and_a_wrong_branch_is_named(joint_run, run, tmp_path):
    with pytest.raises(UsageError, match=r"is joint; its branches are customcnn, resnet18"):
        export_run(joint_run, tmp_path / "bundle")
    with pytest.raises(UsageError, match=r"no branch 'resnet'\. It has customcnn, resnet18"):
        export_run(joint_run, tmp_path / "bundle", ExportOptions(branch="resnet"))
    with pytest.raises(UsageError, match="has one backbone and no branches"):
        export_run(run, tmp_path / "bundle", ExportOptions(branch="resnet18"))
    assert list(tmp_path.iterdir()) == []


def test_one_branch_is_explained_at_a_time(joint_run):
    assert open_model(joint_run, "resnet18").model.config.architecture == "resnet18"
    with pytest.raises(UsageError, match=r"name it \(--branch\)"):
        open_model(joint_run)


def test_the_mean_has_features_and_no_picture_of_attention(joint_run):
    scorers = [load_scorer(joint_run, branch=branch) for branch in BRANCHES]
    each, whole = [scorer.observe(_pixels(3)) for scorer in scorers], load_scorer(joint_run)
    seen = whole.observe(_pixels(3))
    np.testing.assert_allclose(seen.logits, np.mean([o.logits for o in each], 0), atol=1e-6)
    np.testing.assert_allclose(seen.features, np.mean([o.features for o in each], 0), atol=1e-5)
    np.testing.assert_allclose(whole.score(_pixels(3)), seen.logits, atol=1e-6)
    assert seen.attention is None
    assert "branch" not in whole.describe()
    assert scorers[1].describe()["branch"] == "resnet18"


def test_the_verb_predicts_by_one_branch_or_by_all(joint_run, cells, tmp_path):
    tables = {}
    for branch in (None, *BRANCHES):
        out = tmp_path / f"{branch}.parquet"
        call = ["predict", str(cells), "--model", str(joint_run), "--out", str(out)]
        done = CliRunner().invoke(app, [*call, *(("--branch", branch) if branch else ())])
        assert done.exit_code == 0, done.output
        tables[branch] = Predictions.read(out)
    mean = np.mean([tables[branch].logits for branch in BRANCHES], axis=0)
    np.testing.assert_allclose(tables[None].logits, mean, atol=1e-5)
    wrong = CliRunner().invoke(app, [*call, "--branch", "vgg"])
    assert isinstance(wrong.exception, UsageError)
