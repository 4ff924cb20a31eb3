"""A tiny model with random weights, and images for it."""

from pathlib import Path

import pytest
import torch
from torch import Tensor

from hemoscope.models.build import build_model
from hemoscope.models.config import with_changes
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.models.store import save_model
from hemoscope.models.zoo import zoo_config

CLASSES = ("basophil", "monocyte", "platelet")
SIZE = 64


def tiny(name: str = "customcnn-text", **changes: object) -> HybridClassifier:
    torch.manual_seed(0)
    given = {"image_size": SIZE, **({} if name.endswith("-backbone") else {"width": 16}), **changes}
    return build_model(with_changes(zoo_config(name), given), len(CLASSES), "none").eval()


@pytest.fixture(scope="session")
def model() -> HybridClassifier:
    return tiny()


@pytest.fixture(scope="session")
def images() -> Tensor:
    return torch.rand(2, 3, SIZE, SIZE, generator=torch.Generator().manual_seed(1))


@pytest.fixture
def run_folder(tmp_path: Path, model: HybridClassifier) -> Path:
    folder = tmp_path / "run"
    folder.mkdir()
    save_model(model, CLASSES, folder / "model.safetensors")
    (folder / "recipe.yaml").write_text("model: tiny\n")
    return folder
