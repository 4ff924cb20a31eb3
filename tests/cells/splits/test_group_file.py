import pandas as pd
import pytest

from hemoscope.cells import CellTable, CellTableError, read_groups, with_groups


def write(folder, text):
    (folder / "groups.csv").write_text(text)
    return folder / "groups.csv"


def test_blanks_around_a_group_do_not_make_another_one(tmp_path):
    file = write(tmp_path, "path,group\na,p1\nb,p1 \na, p1\n")
    assert read_groups(file)["group"].tolist() == ["p1", "p1", "p1"]
    table = with_groups(CellTable(pd.DataFrame({"path": list("abc")}), tmp_path), file)
    assert table.frame["group"].tolist() == ["p1", "p1", "alone:c"]


def test_a_cell_in_two_groups_is_named(tmp_path):
    file = write(tmp_path, "path,group\na,p1\nb,p1\nb,p2\n")
    with pytest.raises(CellTableError, match="puts 'b' into two groups, 'p1' and 'p2'"):
        read_groups(file)


def test_a_row_that_is_longer_than_the_header_shifts_nothing(tmp_path):
    with pytest.raises(CellTableError, match="line 2 has 3 fields, but the header names 2"):
        read_groups(write(tmp_path, "path,group\ncell, left.png,p1\n"))
    assert read_groups(write(tmp_path, "path,group\na,p1,\n"))["path"].tolist() == ["a"]
