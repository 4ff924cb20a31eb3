"""The whole PBC set through the room, and how long it takes."""

import time

import numpy as np
import pytest

from hemoscope.cells import PixelCache, open_cells, read_cells, summarise_cells

pytestmark = pytest.mark.real

COUNTS = {
    "basophil": 1218,
    "eosinophil": 3117,
    "erythroblast": 1551,
    "ig": 2895,
    "lymphocyte": 1214,
    "monocyte": 1420,
    "neutrophil": 3329,
    "platelet": 2348,
}


@pytest.mark.slow
def test_every_cell_is_readable(pbc):
    summary = summarise_cells(open_cells(pbc / "manifest.csv"))
    assert summary.cells == 17_092
    assert summary.classes == COUNTS
    assert summary.unreadable == ()
    assert summary.sizes == {"256 x 256": 17_092}


@pytest.mark.slow
def test_all_cells_are_cached_in_90_seconds_of_processor_time(pbc, tmp_path):
    table, cache = open_cells(pbc / "images"), PixelCache(tmp_path)
    # Time of the processors: it does not depend on what else the machine is doing.
    start = time.process_time()
    cached = cache.open(table, 224, workers=2)
    filled = time.process_time()
    again = cache.open(open_cells(pbc / "manifest.csv"), 224)
    reopened = time.process_time()
    assert len(cached.readable) == len(again.readable) == 17_092
    assert filled - start < 90
    assert reopened - filled < 2
    batch = next(iter(read_cells(table.take(np.arange(0, 17_092, 500)), 224)))
    np.testing.assert_array_equal(cached.batch(np.arange(0, 17_092, 500)), batch.pixels)
