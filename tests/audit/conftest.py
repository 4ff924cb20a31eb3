"""Fields of drawn cells, and sets of pictures cut out of them."""

import io
from collections.abc import Callable
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from PIL import Image

from hemoscope.cells import CellTable

cv2 = pytest.importorskip("cv2")


def draw_field(seed: int, side: int = 640) -> np.ndarray:
    """(side, side, 3) discs of many sizes and shades, with a fine texture of their own."""
    rng = np.random.default_rng(seed)
    field = np.full((side, side, 3), (245, 228, 205), np.uint8)
    for _ in range(side // 4):
        centre = tuple(int(v) for v in rng.integers(0, side, 2))
        axes = tuple(int(v) for v in rng.integers(6, 30, 2))
        colour = tuple(int(v) for v in rng.integers(60, 220, 3))
        cv2.ellipse(field, centre, axes, int(rng.integers(180)), 0, 360, colour, -1, cv2.LINE_AA)
    texture = cv2.GaussianBlur(rng.normal(0, 40, (side, side, 1)).astype(np.float32), (0, 0), 2)
    return np.clip(field + texture[..., None], 0, 255).astype(np.uint8)


def crop(field: np.ndarray, x: int, y: int, size: int = 256) -> np.ndarray:
    return np.ascontiguousarray(field[y : y + size, x : x + size])


def encode(image: np.ndarray, kind: str = "PNG", **options: object) -> bytes:
    stream = io.BytesIO()
    Image.fromarray(image).save(stream, kind, **options)
    return stream.getvalue()


@pytest.fixture
def make_set(tmp_path: Path) -> Callable[..., CellTable]:
    """Writes pictures as files and makes a table of them; extra columns by keyword."""

    def make(pictures: dict[str, np.ndarray | bytes], **columns: list[str]) -> CellTable:
        for name, picture in pictures.items():
            data = picture if isinstance(picture, bytes) else encode(picture)
            (tmp_path / name).write_bytes(data)
        return CellTable(pd.DataFrame({"path": list(pictures), **columns}), tmp_path)

    return make
