import random

import numpy as np
import pandas as pd
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemoscope.cells import CellTable, CellTableError, split_stratified
from hemoscope.cells.splits.stratified import part_sizes
from hemoscope.errors import UsageError

SHARES = {"train": 0.7, "val": 0.1, "test": 0.2}


def table_of(tmp_path, **counts: int) -> CellTable:
    rows = [(f"{label}/{i}.png", label) for label, count in counts.items() for i in range(count)]
    return CellTable(pd.DataFrame(rows, columns=["path", "label"]), tmp_path)


def test_every_class_is_divided_by_the_shares(tmp_path):
    split = split_stratified(table_of(tmp_path, a=100, b=30, c=10), SHARES, seed=1)
    assert split.frame.value_counts(["label", "split"]).to_dict() == {
        **{("a", "train"): 70, ("a", "val"): 10, ("a", "test"): 20},
        **{("b", "train"): 21, ("b", "val"): 3, ("b", "test"): 6},
        **{("c", "train"): 7, ("c", "val"): 1, ("c", "test"): 2},
    }


def test_the_seed_decides_and_the_order_of_the_table_does_not(tmp_path):
    table = table_of(tmp_path, a=40, b=40)

    def held_out(cells: CellTable, seed: int) -> list[str]:
        return sorted(split_stratified(cells, SHARES, seed=seed).where("split", "test").paths)

    shuffled = table.take(random.Random(5).sample(range(80), 80))
    assert held_out(table, 3) == held_out(shuffled, 3)
    assert held_out(table, 3) != held_out(table, 4)


@given(
    count=st.integers(3, 5000),
    weights=st.lists(st.integers(1, 100), min_size=2, max_size=3),
)
def test_part_sizes_sum_up_and_stay_near_the_shares(count, weights):
    shares = np.array(weights) / sum(weights)
    sizes = part_sizes(count, shares)
    assert sizes.sum() == count
    assert (sizes >= 1).all()
    raised = (sizes == 1) & (count * shares < 1)
    assert (np.abs(sizes - count * shares)[~raised] < 1 + raised.sum()).all()


def test_a_class_too_small(tmp_path):
    with pytest.raises(CellTableError, match="class 'b' has 1 cell; 3 parts need at least 3"):
        split_stratified(table_of(tmp_path, a=10, b=1), SHARES, seed=0)
    with pytest.raises(CellTableError, match="class 'b' has 2 cells;"):
        split_stratified(table_of(tmp_path, a=10, b=2), SHARES, seed=0)


@pytest.mark.parametrize(
    ("shares", "message"),
    [
        ({}, "the shares are empty"),
        ({"train": 1.0}, "Give two or more"),
        ({"train": 1.2, "test": -0.2}, "each between 0 and 1"),
        ({"train": 0.7, "test": 0.2}, "have the sum 0.9, not 1"),
        ({"train": float("nan"), "test": 0.2}, "each between 0 and 1"),
    ],
)
def test_shares_are_checked(tmp_path, shares, message):
    with pytest.raises(UsageError, match=message):
        split_stratified(table_of(tmp_path, a=10), shares, seed=0)
