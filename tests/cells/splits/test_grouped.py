import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemoscope.cells import CellTable, CellTableError, SelectionError, split_grouped

SHARES = {"train": 0.7, "val": 0.1, "test": 0.2}


def table_of(tmp_path, cells: list[tuple[str, str]]) -> CellTable:
    rows = [(f"{i}.png", label, group) for i, (label, group) in enumerate(cells)]
    return CellTable(pd.DataFrame(rows, columns=["path", "label", "group"]), tmp_path)


def patients(seed: int, count: int) -> list[tuple[str, str]]:
    """Cells of patients who differ in how many and which cells they have."""
    generator = np.random.default_rng(seed)
    cells = []
    for patient in range(count):
        mixture = generator.dirichlet([0.5, 1, 2, 4])
        labels = generator.choice(list("abcd"), generator.integers(5, 80), p=mixture)
        cells += [(str(label), f"patient {patient}") for label in labels]
    return cells


def torn_groups(table: CellTable) -> list[str]:
    """The groups that stand in more than one part."""
    pairs = table.frame[["group", "split"]].drop_duplicates()
    return pairs.loc[pairs["group"].duplicated(), "group"].tolist()


@pytest.mark.parametrize("seed", range(5))
def test_no_group_is_torn_and_shares_are_near(tmp_path, seed):
    split = split_grouped(table_of(tmp_path, patients(seed, 100)), SHARES, seed=seed)
    assert not torn_groups(split)
    for label in split.classes:
        labels = split.frame.loc[split.frame["label"] == label, "split"]
        for part, share in SHARES.items():
            assert abs((labels == part).mean() - share) < 0.03


@settings(max_examples=60, deadline=None)
@given(
    cells=st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 9)), min_size=6, max_size=60),
    seed=st.integers(0, 9),
)
def test_every_part_has_every_class_or_it_says_why(tmp_path_factory, cells, seed):
    table = table_of(tmp_path_factory.getbasetemp(), [(c, str(g)) for c, g in cells])
    groups = {label: {group for each, group in cells if each == label} for label, _ in cells}
    if any(len(having) < 2 for having in groups.values()):
        with pytest.raises(CellTableError, match="comes from 1 group of 'group' only"):
            split_grouped(table, {"train": 0.8, "test": 0.2}, seed=seed)
        return
    split = split_grouped(table, {"train": 0.8, "test": 0.2}, seed=seed)
    assert not torn_groups(split)
    assert len(split.frame[["label", "split"]].drop_duplicates()) == 2 * len(groups)


def test_the_seed_decides_and_the_order_of_the_table_does_not(tmp_path):
    table = table_of(tmp_path, [("ab"[i % 2], str(i // 4)) for i in range(200)])

    def held_out(cells: CellTable, seed: int) -> list[str]:
        return sorted(split_grouped(cells, SHARES, seed=seed).where("split", "test").paths)

    shuffled = table.take(random.Random(5).sample(range(200), 200))
    assert held_out(table, 3) == held_out(shuffled, 3)
    assert held_out(table, 3) != held_out(table, 4)


def test_without_labels_the_sizes_are_balanced(tmp_path):
    frame = pd.DataFrame(
        {"path": [str(i) for i in range(100)], "slide": [i // 5 for i in range(100)]}
    )
    split = split_grouped(CellTable(frame, tmp_path), SHARES, seed=0, groups="slide")
    assert split.frame["split"].value_counts().to_dict() == {"train": 70, "test": 20, "val": 10}


def test_a_class_of_one_patient(tmp_path):
    cells = [("a", str(i)) for i in range(5)] + [("rare", "0")] * 9
    with pytest.raises(CellTableError, match="class 'rare' comes from 1 group of 'group' only"):
        split_grouped(table_of(tmp_path, cells), SHARES, seed=0)


def test_groups_must_be_known(tmp_path):
    with pytest.raises(SelectionError, match="no column 'patient'"):
        split_grouped(table_of(tmp_path, [("a", "1")]), SHARES, seed=0, groups="patient")
    with pytest.raises(CellTableError, match=r"1 cells have no 'group', the first is 1\.png"):
        split_grouped(table_of(tmp_path, [("a", "1"), ("a", "")]), SHARES, seed=0)


def test_blanks_around_a_group_do_not_make_another_one(tmp_path):
    names = [("p{}", "p{} ", " p{}")[i % 3].format(i // 3) for i in range(60)]
    frame = pd.DataFrame({"path": [str(i) for i in range(60)], "patient": names})
    split = split_grouped(CellTable(frame, tmp_path), SHARES, seed=0, groups="patient")
    assert torn_groups(split.with_column("group", split.answers("patient"))) == []
    with pytest.raises(CellTableError, match="1 cells have no 'group'"):
        split_grouped(table_of(tmp_path, [("a", "1"), ("a", " ")]), SHARES, seed=0)
