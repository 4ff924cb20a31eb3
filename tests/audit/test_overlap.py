import numpy as np
import pytest

from hemoscope.audit.alignment import Alignment
from hemoscope.audit.overlap import compare
from tests.audit.conftest import crop, draw_field


def shifted(x: float, y: float) -> Alignment:
    return Alignment(np.array([[1.0, 0.0, x / 256], [0.0, 1.0, y / 256]]), 10)


def grey(field: np.ndarray, x: int, y: int) -> np.ndarray:
    return np.ascontiguousarray(crop(field, x, y)[..., 1])


@pytest.mark.parametrize("shift", [(0, 0), (64, 0), (100, 40)])
def test_the_share_is_that_of_the_geometry(shift: tuple[int, int]) -> None:
    field = draw_field(1)
    found = compare(
        grey(field, 200, 200), grey(field, 200 - shift[0], 200 - shift[1]), shifted(*shift)
    )
    share = (256 - shift[0]) * (256 - shift[1]) / 256**2
    assert found.share == pytest.approx(share, abs=0.01)
    assert found.agreeing == 1.0
    assert found.correlation > 0.999
    assert found.detail > 0.999


def test_brightness_and_contrast_do_not_count() -> None:
    image = grey(draw_field(2), 0, 0)
    changed = (image * 0.6 + 30).astype(np.uint8)
    assert compare(image, changed, shifted(0, 0)).correlation > 0.999


def test_a_wrong_placement_is_seen_as_wrong() -> None:
    image = grey(draw_field(2), 0, 0)
    found = compare(image, image, shifted(20, 0))
    assert found.agreeing < 0.5


def test_an_empty_overlap_shows_nothing() -> None:
    image = grey(draw_field(2), 0, 0)
    found = compare(image, image, shifted(400, 0))
    assert (found.share, found.tiles, found.agreeing) == (0.0, 0, 0.0)
