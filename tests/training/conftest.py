"""A training that takes a second: tiny synthetic cells, a tiny model."""

from pathlib import Path

import pytest

from hemoscope.cells.synthetic import write_synthetic
from hemoscope.training.recipe import Recipe
from hemoscope.training.recipe_files import load_recipe

TINY = (
    "model={base: customcnn-text, image_size: 32, width: 16}",
    "batch_size=16",
    "epochs=3",
    "precision=float32",
)


@pytest.fixture(scope="session")
def cells(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A manifest of 8 classes, 10 synthetic cells each."""
    folder = tmp_path_factory.mktemp("synthetic") / "cells"
    write_synthetic(folder, per_class=10, seed=3, size=32)
    return folder / "manifest.csv"


@pytest.fixture(autouse=True)
def _own_cache(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("HEMOSCOPE_CACHE", str(tmp_path / "cache"))


@pytest.fixture
def tiny() -> Recipe:
    return load_recipe("default", TINY)
