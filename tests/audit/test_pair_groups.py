"""Groups from pairs alone are those of the audit's own table."""

import pandas as pd
import pytest

from hemoscope.audit.pair_groups import PairError, groups_of_pairs, read_pairs


def pairs(*ends: tuple[str, str]) -> pd.DataFrame:
    return pd.DataFrame(ends, columns=["path_1", "path_2"])


def members(frame: pd.DataFrame) -> set[frozenset[str]]:
    return {frozenset(part["path"]) for _, part in frame.groupby("group")}


def test_chains_of_pairs_are_one_group_and_every_other_cell_its_own():
    found = groups_of_pairs(pairs(("a", "b"), ("b", "c")), ["a", "c", "d", "d"])
    assert members(found) == {frozenset("abc"), frozenset("d")}


def test_a_cell_that_only_the_pairs_know_still_joins_two():
    found = groups_of_pairs(pairs(("a", "x"), ("x", "b")), ["a", "b"])
    assert members(found) == {frozenset("abx")}


def test_no_pairs_leave_every_cell_alone():
    assert members(groups_of_pairs(pairs(), ["a", "b"])) == {frozenset("a"), frozenset("b")}


def test_tables_that_do_not_fit():
    with pytest.raises(PairError, match="no column path_1, path_2"):
        groups_of_pairs(pd.DataFrame({"path": ["a"]}), ["a"])
    with pytest.raises(PairError, match="none of the 1 pairs"):
        groups_of_pairs(pairs(("a", "b")), ["c"])


def test_a_row_that_is_longer_than_the_header_shifts_nothing(tmp_path):
    (tmp_path / "pairs.csv").write_text("path_1,path_2\na, b.png,c.png\n")
    with pytest.raises(PairError, match="line 2 has 3 fields, but the header names 2 columns"):
        read_pairs(tmp_path / "pairs.csv")
