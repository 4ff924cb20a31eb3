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
from hemoscope.models.heads_config import HeadConfig
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.models.store import save_model
from hemoscope.models.zoo import ZOO
from hemoscope.training.recipe import Recipe
from hemoscope.training.recipe_files import dump_recipe

CLASSES = tuple(sorted(MORPHOLOGIES))
LOGIT_SD = 0.1

TASKS = {
    "cell_size": HeadConfig(column="size", answers=("big", "small")),
    "nucleus_shape": HeadConfig(
        column="nucleus", answers=("irregular", "unsegmented-band", "unsegmented-round")
    ),
    "ill": HeadConfig(column="ill", answers=("no", "yes"), members=((0, 1, 2, 3), (4, 5, 6, 7))),
}
"""Two attributes with layers of their own, and a sum over classes."""

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
    has no fourth decimal. They are the cells that an export compares: on others EfficientNetB3
    exceeds the statistics of a few cells by far. The last layer is scaled until the logits
    spread by LOGIT_SD, for float32 repeats them to three or four digits of that at worst.
    """
    for module in model.modules():
        if isinstance(module, nn.BatchNorm2d):
            module.momentum = 1.0
    size = model.config.image_size
    cells = np.stack([draw_cell(label, seed, size) for label in CLASSES for seed in range(2)])
    with torch.no_grad():
        images = torch.from_numpy(cells).permute(0, 3, 1, 2) / 255
        model.train()(images)
        model.head[-1].weight.mul_(LOGIT_SD / model.eval()(images).std())


@pytest.fixture(scope="session")
def run(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return make_run(tmp_path_factory.mktemp("runs") / "run", tiny("customcnn-text"))


@pytest.fixture(scope="session")
def run_with_tasks(tmp_path_factory: pytest.TempPathFactory) -> Path:
    config = with_changes(tiny("customcnn-text"), {"tasks": TASKS})
    return make_run(tmp_path_factory.mktemp("runs") / "tasks", config)


@pytest.fixture(scope="session")
def bundle_with_tasks(run_with_tasks: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Its bundle, to be read only."""
    from hemoscope.deployment.export import export_run

    return export_run(run_with_tasks, tmp_path_factory.mktemp("bundles") / "tasks").path


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
