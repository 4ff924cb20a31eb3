import base64
import io
from pathlib import Path

import numpy as np
import pandas as pd
from PIL import Image

from hemoscope.cells import CellTable
from hemoscope.reports.html.pictures import thumbnails


def test_thumbnails_are_small_jpegs_of_the_right_cell() -> None:
    colours = {"red": (200, 30, 30), "blue": (20, 20, 220)}
    arrays = {name: np.full((50, 40, 3), rgb, np.uint8) for name, rgb in colours.items()}
    table = CellTable(pd.DataFrame({"path": list(arrays)}), Path(), arrays)
    found = thumbnails(table, ["blue", "red"], 32)
    for name, rgb in colours.items():
        kind, _, data = found[name].partition(",")
        assert kind == "data:image/jpeg;base64"
        picture = Image.open(io.BytesIO(base64.b64decode(data)))
        assert (picture.format, picture.size) == ("JPEG", (32, 32))
        np.testing.assert_allclose(np.asarray(picture)[16, 16], rgb, atol=4)


def test_cells_without_a_picture_are_left_out(tmp_path) -> None:
    (tmp_path / "broken.png").write_bytes(b"no image")
    table = CellTable(pd.DataFrame({"path": ["broken.png", "gone.png"]}), tmp_path)
    assert thumbnails(table, ["broken.png", "gone.png", "unknown.png"], 32) == {}


def test_without_a_source_there_are_none() -> None:
    assert thumbnails(None, ["a"], 32) == {}
