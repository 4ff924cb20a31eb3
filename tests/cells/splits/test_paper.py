import random
from collections import Counter

import numpy as np
import pandas as pd
import pytest

from hemoscope.cells import CellTable, CellTableError, open_cells, split_paper

PAPER_SUPPORTS = [237, 596, 294, 602, 241, 307, 679, 462]


def table_of(tmp_path, suffix: str = ".jpg") -> CellTable:
    rows = [(f"{c}/{c}_{i}{suffix}", c) for c in "ba" for i in range(25)]
    return CellTable(pd.DataFrame(rows, columns=["path", "label"]), tmp_path)


def keras_validation_files(names: list[str], seed: int) -> list[str]:
    """As `image_dataset_from_directory` goes about it: shuffle the sorted list, cut its end."""
    files = sorted(names)
    np.random.RandomState(seed).shuffle(files)
    return files[-int(0.2 * len(files)) :]


@pytest.mark.parametrize("seed", [42, 0, 7])
def test_equals_what_keras_holds_out(tmp_path, seed):
    split = split_paper(table_of(tmp_path), seed=seed)
    held_out = split.where("split", "test").paths
    assert sorted(held_out) == sorted(keras_validation_files(list(split.paths), seed))


def test_neither_suffix_nor_order_of_the_table_matter(tmp_path):
    expected = {path[:-4] for path in split_paper(table_of(tmp_path)).where("split", "test").paths}
    shuffled = table_of(tmp_path, ".png").take(random.Random(1).sample(range(50), 50))
    held_out = split_paper(shuffled, column="fold").where("fold", "test").paths
    assert {path[:-4] for path in held_out} == expected


def test_needs_labels(tmp_path):
    with pytest.raises(CellTableError, match="these cells have no labels"):
        split_paper(CellTable(pd.DataFrame({"path": ["a"]}), tmp_path))


@pytest.mark.real
@pytest.mark.parametrize("source", ["images", "manifest.csv"])
def test_gives_the_supports_of_table_3(pbc, source):
    held_out = split_paper(open_cells(pbc / source)).where("split", "test")
    assert held_out.labels is not None
    supports = Counter(held_out.labels)
    assert [supports[name] for name in held_out.classes] == PAPER_SUPPORTS


@pytest.mark.real
def test_agrees_with_the_manifest_cell_by_cell(pbc):
    table = split_paper(open_cells(pbc / "manifest.csv"))
    assert (table.frame["split"] == table.frame["paper_split"]).all()


@pytest.mark.real
def test_does_not_change_with_the_suffix_of_the_real_cells(pbc):
    table = open_cells(pbc / "images")
    renamed = table.frame.assign(path=table.frame["path"].str.replace(".webp", ".jpg"))
    other = split_paper(CellTable(renamed, table.root))
    assert (other.frame["split"] == split_paper(table).frame["split"]).all()
