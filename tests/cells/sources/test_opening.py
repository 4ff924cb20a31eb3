import pytest

from hemoscope.cells import SelectionError, SourceError, open_cells
from hemoscope.errors import UsageError

from .test_folder import touch


def test_nothing_there(tmp_path):
    with pytest.raises(UsageError, match=r"there is no file or folder .*Check the path"):
        open_cells(tmp_path / "gone")


@pytest.mark.parametrize("name", ["x" * 300, "[" + "x" * 300, "x" * 300 + ".png"])
def test_a_name_longer_than_names_can_be(name):
    for source in (name, [name]):
        with pytest.raises(UsageError, match=f"there is no file or folder .*{name[1:]}"):
            open_cells(source)


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


def test_some_labels_may_be_blank_where_other_columns_know_the_cells(tmp_path):
    (tmp_path / "m.csv").write_text("path,label,size\na,x,big\nb,,small\nc,y,\n")
    with pytest.raises(SourceError, match=r"1 of 3 cells have no label; the first is cell 2 \(b\)"):
        open_cells(tmp_path / "m.csv")
    table = open_cells(tmp_path / "m.csv", blank_labels=True)
    assert table.classes == ("x", "y")
    assert table.answers("size").tolist() == ["big", "small", ""]
    (tmp_path / "n.csv").write_text("path,label,size\na,,big\n")
    assert open_cells(tmp_path / "n.csv", blank_labels=True).labels is None
    (tmp_path / "g.csv").write_text("path,group\na,1\nb,\n")
    with pytest.raises(SourceError, match="1 of 2 cells have no group"):
        open_cells(tmp_path / "g.csv", blank_labels=True)
