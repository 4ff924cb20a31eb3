"""Images that are hardly wider than a line."""

import numpy as np
import pytest

from hemoscope.cells import Frame


@pytest.mark.parametrize("shape", [(1, 60_000), (60_000, 1), (3, 9_000), (2, 2)])
def test_a_line_of_pixels_costs_no_square_of_its_length(shape):
    import tracemalloc

    image = np.full((*shape, 3), 230, np.uint8)
    image[:, : shape[1] // 2] = (90, 40, 140)
    tracemalloc.start()
    seen = Frame(64, "cell").of(image)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert seen.shape == (64, 64, 3)
    assert peak < 2**27
