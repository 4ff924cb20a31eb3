import pytest

from hemoscope.cells import SelectionError, open_cells
from hemoscope.errors import UsageError

from .test_folder import touch


def test_nothing_there(tmp_path):
    with pytest.raises(UsageError, match=r"there is no file or folder .*Check the path"):
        open_cells(tmp_path / "gone")


def test_another_kind_of_file(tmp_path):
    touch(tmp_path, "predictions.parquet")
    with pytest.raises(UsageError, match="is none of the sources that are read"):
        open_cells(tmp_path / "predictions.parquet")


def test_home_is_unfolded(tmp_path, monkeypatch):
    monkeypatch.setenv("HOME", str(touch(tmp_path, "cells/1.png")))
    assert open_cells("~/cells").paths.tolist() == ["1.png"]


def test_the_split_column_must_be_there(cells, class_folders):
    with pytest.raises(SelectionError, match="no column 'fold'; the table has no others"):
        open_cells(class_folders, split_column="fold")
    with pytest.raises(SelectionError, match="no column 'split'"):
        open_cells(class_folders, use="train")


def test_without_use_every_cell_is_kept(tmp_path):
    (tmp_path / "m.csv").write_text("path,fold\na,1\nb,2\n")
    assert len(open_cells(tmp_path / "m.csv", split_column="fold")) == 2
    assert len(open_cells(tmp_path / "m.csv", split_column="fold", use="1")) == 1
