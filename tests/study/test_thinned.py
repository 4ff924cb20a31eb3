"""A part of the training cells; everything else stays."""

from pathlib import Path

import pandas as pd
from study.thinned import thinned

from hemoscope.cells import CellTable


def table() -> CellTable:
    rows = [
        {"path": f"{label}-{part}-{number}.png", "label": label, "split": part}
        for label, cells in (("lymphocyte", 20), ("monocyte", 3))
        for part in ("train", "val", "test")
        for number in range(cells)
    ]
    return CellTable(pd.DataFrame(rows).astype(object), Path("cells"))


def counts(cells: CellTable) -> dict[tuple[str, str], int]:
    return cells.frame.groupby(["label", "split"]).size().to_dict()


def test_only_the_named_part_is_thinned_and_a_small_class_gives_all():
    found = counts(thinned(table(), "split", {"train": 5}, seed=1))
    assert found == {
        ("lymphocyte", "train"): 5,
        ("lymphocyte", "val"): 20,
        ("lymphocyte", "test"): 20,
        ("monocyte", "train"): 3,
        ("monocyte", "val"): 3,
        ("monocyte", "test"): 3,
    }


def test_parts_of_a_seed_are_nested_and_another_seed_draws_others():
    five, ten = (set(thinned(table(), "split", {"train": n}, seed=1).paths) for n in (5, 10))
    assert five < ten
    assert five != set(thinned(table(), "split", {"train": 5}, seed=2).paths)
