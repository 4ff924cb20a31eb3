import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from hemoscope.audit.alignment import align, fit_similarity
from hemoscope.audit.features import extract
from tests.audit.conftest import crop, cv2, draw_field


def similarity(angle: float, scale: float, shift: tuple[float, float], mirrored: bool):
    """(2, 3) independently of the code under test."""
    turn = np.array([[np.cos(angle), -np.sin(angle)], [np.sin(angle), np.cos(angle)]])
    linear = scale * turn @ np.diag([1.0, -1.0 if mirrored else 1.0])
    return np.column_stack([linear, shift])


@given(st.floats(-3, 3), st.floats(0.3, 3), st.booleans(), st.integers(0, 1000))
def test_the_fit_finds_an_exact_similarity(
    angle: float, scale: float, mirrored: bool, seed: int
) -> None:
    truth = similarity(angle, scale, (0.2, -0.4), mirrored)
    source = np.random.default_rng(seed).random((6, 2))
    target = source @ truth[:, :2].T + truth[:, 2]
    assert fit_similarity(source, target, mirrored) == pytest.approx(truth, abs=1e-9)


@pytest.mark.parametrize("mirrored", [False, True])
def test_a_turned_and_rescaled_image_is_found_where_it_lies(mirrored: bool) -> None:
    image = np.ascontiguousarray(crop(draw_field(3), 100, 100)[..., 1])
    truth = similarity(0.7, 1.15, (0, 0), mirrored)
    centre = np.array([128.0, 128.0])
    truth[:, 2] = centre - truth[:, :2] @ centre + np.array([30, -20])
    moved = cv2.warpAffine(image, truth, (256, 256), borderMode=cv2.BORDER_REFLECT)
    found = align(extract(image), extract(moved), mirrored=mirrored)
    assert found is not None
    assert found.mirrored is mirrored
    assert found.scale == pytest.approx(1.15, rel=0.01)
    assert found.turn == pytest.approx(np.degrees(0.7), abs=1)
    assert found.matrix[:, 2] * 256 == pytest.approx(truth[:, 2], abs=2)
    assert found.inliers >= 10


def test_different_fields_do_not_align_well() -> None:
    a, b = (extract(np.ascontiguousarray(crop(draw_field(s), 0, 0)[..., 1])) for s in (5, 6))
    found = align(a, b, mirrored=False)
    assert found is None or found.inliers < 8
