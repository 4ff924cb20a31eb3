"""A finished run folder of a tiny model with random weights, and its bundle."""

import json
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
import torch
from torch import nn

from hemoscope.cells.synthetic import MORPHOLOGIES, draw_cell, write_synthetic
from hemoscope.models.build import build_model
from hemoscope.models.config import ModelConfig, with_changes
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.models.store import save_model
from hemoscope.models.zoo import ZOO
from hemoscope.training.recipe import Recipe
from hemoscope.training.recipe_files import dump_recipe

CLASSES = tuple(sorted(MORPHOLOGIES))

MakeRun = Callable[[Path, ModelConfig], Path]


def tiny(name: str, size: int = 32) -> ModelConfig:
    changes = {"image_size": size}
    if ZOO[name].width is not None:
        changes["width"] = 16
    return with_changes(ZOO[name], changes)


def make_run(folder: Path, config: ModelConfig) -> Path:
    """A run folder as a training leaves it, without the training."""
    torch.manual_seed(0)
    folder.mkdir(parents=True)
    model = build_model(config, len(CLASSES), "none")
    _settle(model)
    save_model(model, CLASSES, folder / "model.safetensors")
    recipe = Recipe(model=model.config, weights="none")
    (folder / "recipe.yaml").write_text(dump_recipe(recipe))
    data = {
        "source": "manifest.csv",
        "cells": 80,
        "fingerprint": "f" * 64,
        "splits": {"train": 56, "val": 8, "test": 16},
    }
    (folder / "provenance.json").write_text(json.dumps({"hemoscope": "0.1.0", "data": data}))
    return folder


def _settle(model: HybridClassifier) -> None:
    """Gives batch normalisations the statistics of cells, as a training does.

    Without it a deep network with random weights has logits of many millions, of which float32
    has no fourth decimal. With it InceptionV3 in float32 is still 7e-5 away from float64 in
    torch itself (a trained one 1e-5), on other processors EfficientNetB3 3.5e-4: so the last
    layer is made small as well.
    """
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    cells = np.stack([draw_cell(label, 7, model.config.image_size) for label in CLASSES])
    with torch.no_grad():
        model.train()(torch.from_numpy(cells).permute(0, 3, 1, 2) / 255)
        model.head[-1].weight.mul_(0.02)
    model.eval()


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("runs") / "run", tiny("customcnn-text"))


@pytest.fixture(scope="session")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Path:
    folder = tmp_path_factory.mktemp("synthetic") / "cells"
    write_synthetic(folder, per_class=4, seed=3, size=32)
    return folder / "manifest.csv"


@pytest.fixture(scope="session")
def bundle(run: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The run's bundle, to be read only."""
    from hemoscope.deployment.export import export_run

    return export_run(run, tmp_path_factory.mktemp("bundles") / "bundle").path
