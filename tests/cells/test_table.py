import pandas as pd
import pytest

from hemoscope.cells import CellTable, CellTableError, SelectionError


@pytest.fixture
def table(tmp_path) -> CellTable:
    frame = pd.DataFrame(
        {
            "path": ["b/1.png", "a/1.png", "a/2.png"],
            "label": ["b", "a", "a"],
            "split": ["test", "train", "train"],
        }
    )
    return CellTable(frame, tmp_path, ignored={".x": "hidden file"})


def test_columns(table, tmp_path):
    assert len(table) == 3
    assert table.paths.tolist() == ["b/1.png", "a/1.png", "a/2.png"]
    assert table.classes == ("a", "b")
    assert table.groups is None
    assert table.file(1) == tmp_path / "a/1.png"


def test_a_cell_stands_there_once(tmp_path):
    with pytest.raises(CellTableError, match="'x' stands in the table more than once"):
        CellTable(pd.DataFrame({"path": ["x", "y", "x"]}), tmp_path)


def test_take_keeps_the_order_asked_for_and_what_was_ignored(table):
    taken = table.take([2, 0])
    assert taken.paths.tolist() == ["a/2.png", "b/1.png"]
    assert taken.frame.index.tolist() == [0, 1]
    assert taken.ignored == table.ignored


def test_where(table):
    assert table.where("split", "train").paths.tolist() == ["a/1.png", "a/2.png"]


def test_where_says_what_there_is(table):
    with pytest.raises(SelectionError, match="no column 'fold'; the table has split"):
        table.where("fold", "1")
    wanted = r"no cell has 'val' in column 'split'; it holds: 'test', 'train'\."
    with pytest.raises(SelectionError, match=wanted):
        table.where("split", "val")
    assert SelectionError.exit_code == 2


def test_fingerprint_changes_with_the_split_and_not_with_the_order(table):
    assert table.take([1, 2, 0]).fingerprint() == table.fingerprint()
    assert table.take([1, 2]).fingerprint() != table.fingerprint()
    assert table.with_column("split", ["train"] * 3).fingerprint() != table.fingerprint()
    assert len(table.fingerprint()) == 64


def test_answers_of_a_further_column_are_text_and_blank_where_nobody_knows(table):
    known = table.with_column("shape", ["round ", None, float("nan")])
    assert known.answers("shape").tolist() == ["round", "", ""]
    with pytest.raises(SelectionError, match="no column 'shape'"):
        table.answers("shape")
    assert known.only_images().frame.columns.tolist() == ["path"]
