"""The split of Alshehri et al. 2025, and of every Keras script that uses validation_split."""

import numpy as np

from hemoscope.cells.sources.images import image_order
from hemoscope.cells.splits.labels import labels_of
from hemoscope.cells.table import CellTable

PAPER_SEED = 42
TEST_FRACTION = 0.2


def split_paper(table: CellTable, *, seed: int = PAPER_SEED, column: str = "split") -> CellTable:
    """Holds out what Keras's `image_dataset_from_directory(validation_split=0.2)` holds out.

    The cells are put in order of class and file name (not of suffix), shuffled by
    `numpy.random.RandomState(seed)`, and the last 20 % become "test", the others "train". The
    order of the table itself makes no difference.

    For a replica of the paper only: cells of one field of view stand on both sides of it.

    Args:
        table: Labelled cells. The figures of the paper need the 17,092 cells of the PBC set.
        seed: 42 is the paper's.
        column: Name of the column to add.

    Raises:
        CellTableError: The cells have no labels.
    """
    labels = labels_of(table)
    keys = [(label, *image_order(path)) for label, path in zip(labels, table.paths, strict=True)]
    order = np.array(sorted(range(len(table)), key=keys.__getitem__), dtype=np.intp)
    np.random.RandomState(seed).shuffle(order)
    values = np.full(len(table), "train", dtype=object)
    held_out = int(TEST_FRACTION * len(table))
    values[order[len(order) - held_out :]] = "test"
    return table.with_column(column, values)
