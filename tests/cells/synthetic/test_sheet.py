"""The contact sheet."""

from pathlib import Path

import numpy as np
import pytest
from PIL import Image

from hemoscope.cells.synthetic import contact_sheet, write_contact_sheet
from hemoscope.errors import UsageError


def test_a_row_for_every_class_under_its_name():
    sheet = np.asarray(contact_sheet(columns=2, size=40))
    assert sheet.shape == (8 * 48, 80, 3)
    for top in range(0, len(sheet), 48):
        assert sheet[top : top + 8].min() < 128, "a caption"
        assert sheet[top + 8 : top + 45, :37].std() > 10, "a cell"


def test_the_file_is_small_and_keeps_the_picture(tmp_path: Path):
    write_contact_sheet(tmp_path / "sheet.png", columns=2, seed=4, size=64)
    with Image.open(tmp_path / "sheet.png") as image:
        written = np.asarray(image.convert("RGB")).astype(float)
    drawn = np.asarray(contact_sheet(columns=2, seed=4, size=64)).astype(float)
    assert np.abs(written - drawn).mean() < 8


def test_a_sheet_without_columns_is_refused():
    with pytest.raises(UsageError) as caught:
        contact_sheet(columns=0)
    assert str(caught.value) == "a contact sheet of 0 columns is empty; choose 1 or more."
