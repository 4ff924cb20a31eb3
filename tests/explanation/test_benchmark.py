"""What `benchmarks/explanation.py` measures of a model that sees a frame of each image."""

from pathlib import Path

import numpy as np
import pandas as pd
import torch
from benchmarks.explanation import energy
from PIL import Image

from hemoscope.cells import CellTable
from hemoscope.explanation.methods.table import REFERENCES
from hemoscope.explanation.target import Target

from .conftest import SIZE, tiny


def test_masks_are_framed_as_the_images_are(tmp_path: Path):
    rows, columns = np.mgrid[:200, :200]
    away = np.hypot(rows - 60, columns - 60)
    image = np.full((200, 200, 3), (250, 230, 205), np.uint8)
    image[away <= 24], image[away <= 12] = (180, 190, 220), (90, 50, 130)
    mask = np.where(away <= 12, 255, np.where(away <= 24, 128, 0)).astype(np.uint8)
    Image.fromarray(image).save(tmp_path / "a.png")
    Image.fromarray(mask).save(tmp_path / "mask.png")
    table = CellTable(pd.DataFrame({"path": ["a.png"], "mask": ["mask.png"]}), tmp_path)
    model = tiny(framing="cell")
    target, centre = Target(np.zeros(1, np.intp)), REFERENCES["centre"]
    pixels = torch.zeros(1, 3, SIZE, SIZE)
    (found,) = energy(model, pixels, target, [centre], table, np.array([0]))
    # The cell lies off the middle and fills little of the image, but much of the frame.
    assert (mask > 0).mean() < 0.05
    assert found["cell_area"].item() > 0.1
