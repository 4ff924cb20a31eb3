"""Nuclei have the area, the lobes and the notch that their form says."""

import numpy as np
import pytest
from scipy import ndimage

from hemoscope.cells.synthetic.morphology import NONE, Nucleus, Span
from hemoscope.cells.synthetic.nucleus import draw_nucleus
from hemoscope.cells.synthetic.shapes import coverage, window_at

SIDE, SIZE, RADIUS = 16.0, 320, 6.0


def fixed(value: float) -> Span:
    return Span(value, value)


def drawn(nucleus: Nucleus, seed: int = 0) -> np.ndarray:
    """(320, 320) bool, the nucleus in a cell of radius 6 µm."""
    window = window_at(np.zeros((3, SIZE, SIZE), np.float32), (SIDE / 2, SIDE / 2), SIDE, SIDE)
    outline = draw_nucleus(window, nucleus, RADIUS, np.random.default_rng(seed))
    return coverage(outline.distance, SIDE / SIZE) >= 0.5


def share(mask: np.ndarray) -> float:
    return mask.sum() * (SIDE / SIZE) ** 2 / (np.pi * RADIUS**2)


ROUND = Nucleus(
    name="round", lobes=(1,), share_of_cell=fixed(0.4), offset=fixed(0.0), waviness=NONE
)
BAND = Nucleus(
    name="band",
    lobes=(1,),
    share_of_cell=fixed(0.3),
    offset=fixed(0.5),
    arc=fixed(180.0),
    waviness=NONE,
)


def test_a_round_nucleus_has_its_share_of_the_cell():
    assert share(drawn(ROUND)) == pytest.approx(0.4, rel=0.01)


def test_a_band_has_about_its_share_and_is_hollow():
    shares = [share(drawn(BAND, seed)) for seed in range(10)]
    assert np.mean(shares) == pytest.approx(0.3, rel=0.1)
    mask = drawn(BAND)
    assert ndimage.label(mask)[1] == 1
    assert not mask[SIZE // 2, SIZE // 2]


def solidity(mask: np.ndarray) -> float:
    """Area over that of the nearest ellipse of equal moments: below 1 where there is a notch."""
    points = np.argwhere(mask)
    spread = np.linalg.eigvalsh(np.cov(points.T))
    return len(points) / (4 * np.pi * np.sqrt(spread.prod()))


def test_a_deeper_notch_makes_a_kidney():
    oval = Nucleus(
        name="oval",
        lobes=(1,),
        share_of_cell=fixed(0.4),
        offset=fixed(0.0),
        elongation=fixed(1.3),
        waviness=NONE,
    )
    values = [
        np.mean([solidity(drawn(_notched(oval, depth), seed)) for seed in range(5)])
        for depth in (0.0, 0.4, 0.7)
    ]
    assert values[0] == pytest.approx(1.0, abs=0.01)
    assert values[0] > values[1] > values[2]


def _notched(nucleus: Nucleus, depth: float) -> Nucleus:
    return Nucleus(
        name="kidney",
        lobes=nucleus.lobes,
        share_of_cell=nucleus.share_of_cell,
        offset=nucleus.offset,
        elongation=nucleus.elongation,
        indentation=fixed(depth),
        waviness=NONE,
    )


@pytest.mark.parametrize("lobes", [2, 3, 4, 5])
def test_lobes_on_filaments_can_be_counted(lobes: int):
    nucleus = Nucleus(
        name="segmented",
        lobes=(lobes,),
        share_of_cell=fixed(0.22),
        offset=fixed(0.62),
        arc=fixed(280.0 if lobes > 2 else 180.0),
        bridge=fixed(0.1),
        elongation=fixed(1.0),
        waviness=NONE,
    )
    for seed in range(5):
        mask = drawn(nucleus, seed)
        assert ndimage.label(mask)[1] == 1, "filaments hold the lobes together"
        apart = ndimage.binary_opening(mask, iterations=9)
        assert ndimage.label(apart)[1] == lobes
