"""Small pictures and folders of them, made afresh for each test."""

import io
import os
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pytest
from numpy.typing import NDArray
from PIL import Image

from hemoscope.cells import CellTable, open_cells

Picture = Callable[..., Image.Image]


def encoded(image: Image.Image, kind: str = "PNG", **options) -> bytes:
    """The bytes of an image file."""
    stream = io.BytesIO()
    image.save(stream, kind, **options)
    return stream.getvalue()


def smooth(height: int, width: int, seed: int = 0) -> NDArray[np.uint8]:
    """(height, width, 3) of soft colours: compresses like a photograph, no two seeds alike."""
    coarse = np.random.default_rng(seed).integers(0, 256, (4, 4, 3), dtype=np.uint8)
    return np.array(Image.fromarray(coarse).resize((width, height), Image.Resampling.BICUBIC))


@pytest.fixture
def class_folders(tmp_path: Path) -> Path:
    """Two classes of three cells each, long ago written."""
    root = tmp_path / "set"
    for number, label in enumerate(("eosinophil", "basophil")):
        (root / label).mkdir(parents=True)
        for i in range(3):
            file = root / label / f"{label[:2].upper()}_{i}.png"
            Image.fromarray(smooth(20, 24, 10 * number + i)).save(file)
            os.utime(file, (1_000_000_000, 1_000_000_000))
    return root


@pytest.fixture
def cells(class_folders: Path) -> CellTable:
    return open_cells(class_folders)


@pytest.fixture(scope="session")
def pbc() -> Path:
    """The folder of the real cells; its tests are skipped without."""
    folder = os.environ.get("HEMOSCOPE_PBC")
    if not folder:
        pytest.skip("HEMOSCOPE_PBC does not name the folder of the PBC cells")
    return Path(folder)
