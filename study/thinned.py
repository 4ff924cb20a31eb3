"""A part of the training cells, for studies on a processor; validation and test stay whole.

    python -m study.thinned --cells pbc/manifest.csv --split-column clean_split --per-class 400 \
        --out pbc-400.csv

Images stay where they are. Parts of one seed are nested: 400 cells a class hold the 100.
"""

import argparse
import sys
from collections.abc import Mapping
from pathlib import Path

import numpy as np

from hemoscope.cells import CellTable, open_cells, write_manifest


def thinned(table: CellTable, column: str, most: Mapping[str, int], *, seed: int) -> CellTable:
    """At most so many cells of each class in some parts of a split.

    Args:
        table: With labels.
        column: Its split.
        most: Value of that column to cells a class. A class with fewer gives all that it has, and
            a part that is not named stays whole.
        seed: Smaller parts of a seed lie within larger ones.
    """
    split, labels = table.answers(column), table.answers("label")
    kept = np.ones(len(table), dtype=bool)
    for label in sorted(set(labels)):
        for part, count in most.items():
            rows = np.flatnonzero((split == part) & (labels == label))
            order = np.random.default_rng(seed).permutation(len(rows))
            kept[rows[order[count:]]] = False
    return table.take(kept)


def main() -> int:
    """Writes the manifest."""
    parser = argparse.ArgumentParser(description="A part of the training cells.")
    parser.add_argument("--cells", type=Path, required=True, help="manifest with labels")
    parser.add_argument("--split-column", default="clean_split", help="train, val and test")
    parser.add_argument("--per-class", type=int, required=True, help="training cells of a class")
    parser.add_argument("--seed", type=int, default=1)
    parser.add_argument("--out", type=Path, required=True, help="manifest to write")
    options = parser.parse_args()
    most = {"train": options.per_class}
    table = thinned(open_cells(options.cells), options.split_column, most, seed=options.seed)
    made = {"from": options.cells.name, "training_cells_a_class": options.per_class}
    written = write_manifest(table, options.out, provenance={**made, "seed": options.seed})
    print(written.frame[options.split_column].value_counts().to_string())
    return 0


if __name__ == "__main__":
    sys.exit(main())
