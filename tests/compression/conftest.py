"""Tiny models with random weights, and images for them."""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import Tensor

from hemoscope.cells.synthetic import write_synthetic
from hemoscope.models.build import build_model
from hemoscope.models.config import with_changes
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.models.zoo import zoo_config

CLASSES = ("basophil", "monocyte", "platelet")
SMALL = {"heads": 4, "key_width": 16, "feed_forward": 40}


def tiny(name: str = "customcnn-text", size: int = 64, **changes: object) -> HybridClassifier:
    """A model of the zoo with a small encoder; biases are random, so that none hides a mistake."""
    torch.manual_seed(0)
    width = {} if name.endswith("-table2") else {"width": 24}
    encoder = {"encoder": SMALL | {"blocks": 2}} | changes
    config = with_changes(zoo_config(name), {"image_size": size, **width, **encoder})
    model = build_model(config, len(CLASSES), "none").eval()
    with torch.no_grad():
        for parameter in model.encoder.parameters():
            if parameter.ndim == 1:
                parameter.add_(torch.randn_like(parameter) * 0.2)
    return model


@pytest.fixture(scope="session")
def model() -> HybridClassifier:
    return tiny()


@pytest.fixture(scope="session")
def images() -> Tensor:
    return torch.rand(5, 3, 64, 64, generator=torch.Generator().manual_seed(1))


@pytest.fixture(scope="session")
def labels() -> Tensor:
    return torch.tensor([0, 1, 2, 1, 0])


@pytest.fixture(scope="session")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A manifest of 8 classes, 10 synthetic cells each."""
    folder = tmp_path_factory.mktemp("synthetic") / "cells"
    write_synthetic(folder, per_class=10, seed=3, size=32)
    return folder / "manifest.csv"


@pytest.fixture(scope="session", autouse=True)
def _own_cache(tmp_path_factory: pytest.TempPathFactory) -> Iterator[None]:
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("HEMOSCOPE_CACHE", str(tmp_path_factory.mktemp("cache")))
        yield
