import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemoscope.cells import CellTable, CellTableError, read_groups, with_groups
from hemoscope.cells.splits.joined_groups import joined_groups
from hemoscope.errors import UsageError


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


def test_groups_of_a_file_are_joined_with_those_of_the_table(tmp_path):
    file = write(tmp_path, "path,group\na,f1\nb,f1\nc,f2\nd,f2\ng,f3\n")
    patients = ["p1", "p2", "p2", "p3", "p4", "p4", ""]
    table = CellTable(pd.DataFrame({"path": list("abcdefg"), "group": patients}), tmp_path)
    joined = with_groups(table, file)
    # f1 joins p1 and p2, p2 and f2 join p3; g has no patient.
    whole = "p1 and 2 more"
    assert joined.frame["group"].tolist() == [*[whole] * 4, "p4", "p4", "f3"]
    assert with_groups(table, file, "field").frame["field"].tolist()[:5] == [*[whole] * 4, "p4"]


@given(st.lists(st.tuples(st.sampled_from("abc"), st.sampled_from("xyz")), min_size=1))
def test_cells_that_share_either_group_share_the_joined_one(cells):
    joined = joined_groups([a for a, _ in cells], [x for _, x in cells])
    for (a, x), one in zip(cells, joined, strict=True):
        for (b, y), other in zip(cells, joined, strict=True):
            assert one == other or (a != b and x != y)


def test_a_file_that_is_not_there_is_wrong_usage(tmp_path):
    with pytest.raises(UsageError, match=r"there is no file .*nosuch.csv with groups"):
        read_groups(tmp_path / "nosuch.csv")
