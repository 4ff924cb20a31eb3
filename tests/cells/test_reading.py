import numpy as np
import pandas as pd
import pytest
from PIL import Image

from hemoscope.cells import CellTable, UnreadableImageError, read_cell
from hemoscope.cells.reading import CellContent, read_content

from .conftest import smooth


def array_table(tmp_path, **arrays) -> CellTable:
    return CellTable(pd.DataFrame({"path": list(arrays)}), tmp_path, arrays)


def test_a_file_at_its_own_size(cells):
    with Image.open(cells.file(4)) as image:
        np.testing.assert_array_equal(read_cell(cells, 4), np.asarray(image))


def test_an_array_in_colour_or_grey(tmp_path):
    grey = np.arange(6, dtype=np.uint8).reshape(2, 3)
    table = array_table(tmp_path, colour=smooth(4, 4), grey=grey)
    np.testing.assert_array_equal(read_cell(table, 0), smooth(4, 4))
    np.testing.assert_array_equal(read_cell(table, 1), np.stack([grey] * 3, axis=2))


def test_a_missing_file_is_named(cells):
    cells.file(0).unlink()
    with pytest.raises(UnreadableImageError, match=r"^basophil/BA_0.png: there is no such file\.$"):
        read_cell(cells, 0)


def test_a_folder_in_the_place_of_a_file_is_named(cells):
    cells.file(0).unlink()
    cells.file(0).mkdir()
    with pytest.raises(UnreadableImageError, match="it is a folder"):
        read_cell(cells, 0)


def test_an_enormous_file_is_not_read(cells):
    with cells.file(0).open("wb") as stream:
        stream.truncate(2**29 + 1)  # a hole: takes no space
    with pytest.raises(UnreadableImageError, match="larger than 536,870,912 bytes"):
        read_cell(cells, 0)


def test_digest_tells_content_apart_and_nothing_else(cells):
    data = cells.file(0).read_bytes()
    assert read_content(cells, 0).digest() == CellContent(data).digest()
    assert read_content(cells, 1).digest() != CellContent(data).digest()
    flat = np.zeros((2, 6), dtype=np.uint8)
    assert CellContent(flat).digest() != CellContent(flat.reshape(3, 4)).digest()
    assert CellContent(flat).digest() == CellContent(flat[:, ::-1]).digest()
