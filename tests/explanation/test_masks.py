import numpy as np
import pandas as pd
import pytest
from PIL import Image

from hemoscope.cells import CellTable, Frame
from hemoscope.explanation.errors import ExplanationError
from hemoscope.explanation.masks import UNKNOWN, has_mask, masks_of, read_mask


def test_levels_are_kept_whatever_the_size(tmp_path):
    levels = np.zeros((30, 30), np.uint8)
    levels[5:25, 5:25], levels[10:20, 10:20] = 128, 255
    Image.fromarray(levels).save(tmp_path / "mask.png")
    mask = read_mask(tmp_path / "mask.png", 64)
    assert mask.shape == (64, 64)
    assert set(np.unique(mask)) == {0, 128, 255}
    assert (mask == 255).mean() == pytest.approx(100 / 900, abs=0.02)


def test_what_is_no_mask_is_named(tmp_path):
    with pytest.raises(ExplanationError, match=r"there is no mask .*nowhere.png"):
        read_mask(tmp_path / "nowhere.png", 8)
    Image.fromarray(np.full((8, 8), 77, np.uint8)).save(tmp_path / "grey.png")
    with pytest.raises(
        ExplanationError, match=r"100 % of the mask .*grey.png lie .* such as 77\. Masks have three"
    ):
        read_mask(tmp_path / "grey.png", 8)
    (tmp_path / "text.png").write_text("no picture")
    with pytest.raises(ExplanationError, match=r"text.png is no readable picture"):
        read_mask(tmp_path / "text.png", 8)


@pytest.mark.parametrize("framing", ["whole", "cell"])
def test_cells_whose_mask_is_left_blank_have_none(tmp_path, framing):
    for name in ("a.png", "b.png"):
        Image.fromarray(np.full((8, 8), 128, np.uint8)).save(tmp_path / name)
    frame = pd.DataFrame({"path": ["a.png", "b.png"], "mask": [" ", "b.png"]})
    table = CellTable(frame, tmp_path)
    found = masks_of(table, None, Frame(8, framing))
    assert has_mask(table).tolist() == [False, True]
    assert (found[0] == UNKNOWN).all()
    assert not (found[1] == UNKNOWN).any()


@pytest.mark.parametrize("column", [{}, {"mask": ["", " "]}, {"mask": [None, ""]}])
def test_a_column_of_blanks_is_no_column_of_masks(tmp_path, column):
    table = CellTable(pd.DataFrame({"path": ["a.png", "b.png"], **column}), tmp_path)
    assert not has_mask(table).any()
    with pytest.raises(ExplanationError, match="these cells have no masks"):
        masks_of(table, None, Frame(8))


def test_a_few_pixels_between_the_levels_go_to_the_nearest(tmp_path):
    levels = np.full((40, 40), 255, np.uint8)
    levels[0, :3] = 9, 120, 200
    Image.fromarray(levels).save(tmp_path / "outline.png")
    mask = read_mask(tmp_path / "outline.png", 40)
    assert mask[0, :4].tolist() == [0, 128, 255, 255]
