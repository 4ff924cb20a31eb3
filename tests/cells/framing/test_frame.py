"""The frame of a cell: it looks the same wherever it lies, however large it is, in any light."""

import os
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from PIL import Image

from hemoscope.cells import (
    FRAMINGS,
    Frame,
    FramePair,
    fit_to,
    open_cells,
    read_cells,
    seen_first,
    seen_second,
)
from hemoscope.cells.framing.background import GLASS, background_colour, white_balance
from hemoscope.cells.framing.nucleus import find_nucleus
from hemoscope.cells.synthetic import MORPHOLOGIES
from hemoscope.cells.synthetic.draw import sketch_cell
from hemoscope.errors import UsageError

CELL = Frame(96, "cell")
GLASS_COLOUR = np.array([250, 230, 205], np.uint8)


def on_glass(height: int, width: int) -> NDArray[np.uint8]:
    return np.broadcast_to(GLASS_COLOUR, (height, width, 3)).copy()


def with_cell(side: int, x: float, y: float, radius: float) -> NDArray[np.uint8]:
    """A disc of cytoplasm with a nucleus of half its radius, off its middle, on glass."""
    image = on_glass(side, side)
    rows, columns = np.mgrid[:side, :side] + 0.5
    body = np.hypot(columns - x, rows - y) <= radius
    nucleus = np.hypot(columns - x, rows - y) <= radius / 2
    image[body], image[nucleus] = (180, 190, 220), (90, 50, 130)
    return image


def difference(one: NDArray[np.uint8], other: NDArray[np.uint8]) -> float:
    return float(np.abs(one.astype(int) - other).mean())


@given(st.integers(1, 40), st.integers(1, 40), st.sampled_from(FRAMINGS), st.integers(0, 9))
@settings(deadline=None, max_examples=60)
def test_any_image_becomes_the_square(height, width, framing, seed):
    image = np.random.default_rng(seed).integers(0, 256, (height, width, 3), dtype=np.uint8)
    seen = Frame(32, framing).of(image)
    assert seen.shape == (32, 32, 3)
    assert seen.dtype == np.uint8


@pytest.mark.parametrize("shape", [(1, 1), (1, 500), (500, 1), (40, 400)])
def test_glass_alone_is_seen_whole_and_white(shape):
    seen = Frame(16, "cell").of(on_glass(*shape))
    assert np.abs(seen.astype(int) - GLASS).max() <= 2


def test_a_pair_gives_both_squares_one_behind_the_other():
    pair, image = FramePair(Frame(32), Frame(32, "centre")), with_cell(120, 60, 60, 30)
    seen = pair.of(image)
    assert seen.shape == pair.shape == (64, 32, 3)
    assert pair.size == 32
    np.testing.assert_array_equal(seen_first(seen), pair.first.of(image))
    np.testing.assert_array_equal(seen_second(seen), pair.second.of(image))
    assert pair.decoded_for == 48  # enough for the one that shows less of the image
    with pytest.raises(UsageError, match="32 and 48 pixels"):
        FramePair(Frame(32), Frame(48))


def test_the_whole_image_is_what_fit_to_gives():
    image = with_cell(120, 60, 60, 30)
    np.testing.assert_array_equal(Frame(48).of(image), fit_to(image, 48))


@pytest.mark.parametrize(("margin", "shown"), [(1.0, slice(20, 100)), (1.5, slice(0, 120))])
def test_the_centre_is_the_middle_two_thirds_and_its_margin_the_rest(margin, shown):
    image = with_cell(120, 70, 55, 30)
    seen = Frame(40, "centre", margin).of(image)
    cropped = fit_to(np.ascontiguousarray(image[shown, shown]), 40)
    # At its border the resampling of a window sees a little of what lies beyond.
    np.testing.assert_array_equal(seen[1:-1, 1:-1], cropped[1:-1, 1:-1])


def test_the_centre_keeps_sizes_and_colours():
    small, large = (Frame(96, "centre").of(with_cell(288, 144, 144, r)) for r in (30, 60))
    assert [tuple(seen[48, 48]) for seen in (small, large)] == [(90, 50, 130)] * 2
    assert tuple(large[0, 0]) == tuple(GLASS_COLOUR)
    dark = [(seen[..., 1] < 120).sum() for seen in (small, large)]
    assert dark[1] == pytest.approx(4 * dark[0], rel=0.03)


@given(st.floats(90, 210), st.floats(90, 210))
@settings(deadline=None, max_examples=25)
def test_a_moved_cell_looks_the_same(x, y):
    middle, moved = (CELL.of(with_cell(300, *at, 40)) for at in ((150, 150), (x, y)))
    assert difference(middle, moved) < 2.5


@given(st.floats(26, 70))
@settings(deadline=None, max_examples=25)
def test_a_larger_cell_looks_the_same(radius):
    small, large = (CELL.of(with_cell(300, 150, 150, r)) for r in (24, radius))
    assert difference(small, large) < 4


@given(st.tuples(*[st.floats(0.75, 1.0)] * 3))
@settings(deadline=None, max_examples=25)
def test_another_lamp_gives_the_same_colours(lamp):
    image = with_cell(300, 150, 150, 40)
    tinted = (image * np.array(lamp)).round().astype(np.uint8)
    assert difference(CELL.of(image), CELL.of(tinted)) < 3


def test_a_cell_that_fills_the_image_is_shown_with_room_around_it():
    image = with_cell(100, 50, 50, 70)
    seen = CELL.of(image)
    corner, middle = seen[0, 0].astype(int), seen[48, 48].astype(int)
    assert (corner > middle).all()


def test_the_margin_shows_more_around_the_same_middle():
    image = with_cell(300, 140, 160, 40)
    wide = Frame(144, "cell", margin=1.5).of(image)
    assert difference(wide[24:-24, 24:-24], CELL.of(image)) < 0.5


def test_lobes_are_one_nucleus_and_neighbours_are_not():
    image = on_glass(200, 200)
    rows, columns = np.mgrid[:200, :200]
    for x in (86, 114):
        image[np.hypot(columns - x, rows - 100) <= 11] = (90, 50, 130)
    image[np.hypot(columns - 185, rows - 20) <= 11] = (90, 50, 130)
    small = np.asarray(Image.fromarray(image).resize((96, 96)), np.float32)
    nucleus = find_nucleus(small, background_colour(small))
    assert nucleus is not None
    assert (nucleus.x, nucleus.y) == pytest.approx((48, 48), abs=1)
    # Two discs of radius 11, each 14 off the middle: r² = 2 (14² + 2 · 11² / 4)
    assert nucleus.radius == pytest.approx(np.sqrt(2 * (14**2 + 11**2 / 2)) * 0.48, rel=0.1)


@pytest.mark.parametrize("label", sorted(set(MORPHOLOGIES) - {"platelet"}))
def test_the_nucleus_of_a_drawn_cell_is_found(label):
    for seed in range(8):
        sketch = sketch_cell(label, seed, 96)
        pixels = sketch.pixels.astype(np.float32)
        nucleus = find_nucleus(pixels, background_colour(pixels))
        assert nucleus is not None
        rows, columns = np.nonzero(sketch.cell)
        reach = np.hypot(rows - rows.mean(), columns - columns.mean()).max()
        assert np.hypot(nucleus.x - columns.mean(), nucleus.y - rows.mean()) < 0.6 * reach


def test_gains_stay_within_reason():
    assert white_balance(np.array([1.0, 240.0, 255.0], np.float32)) == pytest.approx(
        [1.6, 1.0, 240 / 255]
    )


def test_a_framing_that_is_not_there_is_refused():
    with pytest.raises(UsageError, match=r"no framing 'tight'\. Choose from: whole, centre, cell"):
        Frame(32, "tight")  # pyright: ignore[reportArgumentType]
    with pytest.raises(UsageError, match="margin must be 1"):
        Frame(32, "whole", margin=1.5)


@pytest.mark.real
def test_the_middle_of_real_cells_is_found():
    """Their masks say where cells are: the frame's middle lies in one, and holds most of it."""
    pbc = os.environ.get("HEMOSCOPE_PBC")
    folder = Path(pbc).parent / "external" / "cellavision100" if pbc else None
    if folder is None or not folder.is_dir():
        pytest.skip("HEMOSCOPE_PBC names no folder with external/cellavision100 beside it")
    table = open_cells(folder / "manifest.csv")
    kept, centred = [], []
    for row in range(len(table)):
        mask = np.asarray(Image.open(table.root / str(table.frame["mask"][row])).convert("L")) > 64
        image = next(iter(read_cells(table.take([row]), mask.shape[0]))).pixels[0]
        window = CELL.window(image)
        rows, columns = np.nonzero(mask)
        inside = (np.abs(columns - window.x) < window.side / 2) & (
            np.abs(rows - window.y) < window.side / 2
        )
        kept.append(inside.mean())
        centred.append(mask[int(window.y), int(window.x)])
    assert np.mean(centred) >= 0.97
    assert np.mean(kept) >= 0.95
