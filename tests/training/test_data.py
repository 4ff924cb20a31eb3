"""How cells come in batches."""

import numpy as np
import pytest

from hemoscope.training.data import CellData, LabelledCells


class Blank:
    """Black pictures."""

    def batch(self, rows):
        return np.zeros((len(rows), 32, 32, 3), np.uint8)


@pytest.mark.parametrize(
    ("cells", "batch_size", "sizes"),
    [
        (10, 4, [4, 4, 2]),
        (8, 4, [4, 4]),
        (9, 4, [4, 4]),  # BatchNorm has no variance of one cell
        (3, 1, [1, 1, 1]),
        (1, 4, [1]),
    ],
)
def test_an_epoch_does_not_end_in_a_batch_of_one(tiny, cells, batch_size, sizes):
    known = LabelledCells(Blank(), np.arange(cells), np.zeros(cells, int))
    data = CellData(known, known, tiny.model_copy(update={"batch_size": batch_size}))
    assert [len(batch["targets"]) for batch in data.train_dataloader()] == sizes
    assert sum(len(batch["targets"]) for batch in data.val_dataloader()) == cells
