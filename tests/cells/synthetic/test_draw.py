"""Cells come out the same every time, and look as their class says."""

import hashlib
import subprocess
import sys

import numpy as np
import pytest
from numpy.typing import NDArray
from scipy import ndimage

from hemoscope.cells.synthetic import MORPHOLOGIES, Sketch, draw_cell, sketch_cell
from hemoscope.errors import UsageError

LABELS = tuple(MORPHOLOGIES)
SIZE = 128
CELLS = 10

DIGEST = """
import hashlib
from hemoscope.cells.synthetic import MORPHOLOGIES, draw_cell
cells = b"".join(draw_cell(label, 7, 96).tobytes() for label in MORPHOLOGIES)
print(hashlib.sha256(cells).hexdigest())
"""


@pytest.fixture(scope="module")
def sketches() -> dict[str, list[Sketch]]:
    return {label: [sketch_cell(label, seed, SIZE) for seed in range(CELLS)] for label in LABELS}


def mean_of(sketches: list[Sketch], name: str) -> float:
    return float(np.mean([getattr(sketch, name) for sketch in sketches]))


def cytoplasm_colour(sketches: list[Sketch]) -> NDArray[np.float64]:
    """(3,) mean colour of the cells outside the nucleus, over the mean colour of the picture.

    The picture as a whole stands for the smear: the quotient takes out most of its stain.
    """
    shares = [
        sketch.pixels[sketch.cell & ~sketch.nucleus].mean(axis=0) / sketch.pixels.mean(axis=(0, 1))
        for sketch in sketches
    ]
    return np.mean(shares, axis=0)


@pytest.mark.parametrize("label", LABELS)
def test_picture_is_a_photograph(label: str):
    pixels = draw_cell(label, seed=1, size=SIZE)
    assert pixels.dtype == np.uint8
    assert pixels.shape == (SIZE, SIZE, 3)
    assert pixels.flags.c_contiguous
    assert pixels.min() < 140, "nothing on the smear is stained"
    assert pixels.max() > 200, "there is no empty field"


@pytest.mark.parametrize("size", [32, 75])
def test_any_size_from_the_smallest_on(size: int):
    assert draw_cell("monocyte", seed=0, size=size).shape == (size, size, 3)


def test_another_process_draws_the_same_cells():
    here = b"".join(draw_cell(label, 7, 96).tobytes() for label in LABELS)
    there = subprocess.run(
        [sys.executable, "-c", DIGEST], capture_output=True, text=True, check=True
    ).stdout.strip()
    assert there == hashlib.sha256(here).hexdigest()


def test_seed_and_class_both_matter():
    cells = [draw_cell(label, seed, 64).tobytes() for label in LABELS for seed in range(3)]
    assert len(set(cells)) == len(cells)


def test_picture_does_not_depend_on_what_was_drawn_before():
    first = draw_cell("ig", seed=3, size=64)
    draw_cell("neutrophil", seed=4, size=64)
    np.testing.assert_array_equal(draw_cell("ig", seed=3, size=64), first)


@pytest.mark.parametrize("label", LABELS)
def test_same_seed_is_the_same_cell_at_every_size(label: str):
    small, large = sketch_cell(label, 5, 96), sketch_cell(label, 5, 192)
    assert (small.form, small.lobes, small.diameter, small.stain) == (
        large.form,
        large.lobes,
        large.diameter,
        large.stain,
    )
    halved = large.cell.reshape(96, 2, 96, 2).mean(axis=(1, 3)) >= 0.5
    assert (halved & small.cell).sum() / (halved | small.cell).sum() > 0.93
    shrunk = large.pixels.reshape(96, 2, 96, 2, 3).mean(axis=(1, 3))
    smooth = ndimage.uniform_filter(shrunk - small.pixels, size=(9, 9, 1))
    assert np.abs(smooth).mean() < 4.0


@pytest.mark.parametrize("label", LABELS)
def test_cell_is_one_piece_around_the_middle_with_the_nucleus_inside(
    label: str, sketches: dict[str, list[Sketch]]
):
    for sketch in sketches[label]:
        pieces, count = ndimage.label(sketch.cell)
        largest = np.bincount(pieces.ravel())[1:].max()
        assert largest / sketch.cell.sum() > 0.95, f"{count} pieces"
        middle = ndimage.center_of_mass(sketch.cell)
        assert np.abs(np.subtract(middle, SIZE / 2)).max() < 0.1 * SIZE
        assert not (sketch.nucleus & ~sketch.cell).any()


@pytest.mark.parametrize("label", LABELS)
def test_area_of_the_cell_follows_its_diameter(label: str, sketches: dict[str, list[Sketch]]):
    pixel = 31.0 / SIZE
    for sketch in sketches[label]:
        drawn = np.pi * sketch.diameter**2 / 4
        assert 0.65 < sketch.cell.sum() * pixel**2 / drawn < 1.6


@pytest.mark.parametrize("label", LABELS)
def test_lobes_are_those_of_the_form(label: str, sketches: dict[str, list[Sketch]]):
    allowed = {form.name: set(form.lobes) for form in MORPHOLOGIES[label].nuclei} or {"none": {0}}
    for sketch in sketches[label]:
        assert sketch.lobes in allowed[sketch.form]


def test_every_form_of_nucleus_occurs():
    for label in ("ig", "monocyte"):
        drawn = {sketch_cell(label, seed, 32).form for seed in range(25)}
        assert drawn == {form.name for form in MORPHOLOGIES[label].nuclei}


def without_filaments(sketch: Sketch) -> int:
    """Pieces that the nucleus falls into when thin bridges are taken away."""
    opened = ndimage.binary_opening(sketch.nucleus, ndimage.generate_binary_structure(2, 1), 4)
    return ndimage.label(opened)[1]


def test_filaments_join_lobes_that_can_be_counted():
    """Lobes that touch count as one piece, so a count never exceeds the lobes drawn."""
    segmented = [
        sketch
        for sketch in (sketch_cell("neutrophil", seed, 192) for seed in range(24))
        if sketch.form == "segmented"
    ]
    whole = [ndimage.label(sketch.nucleus)[1] for sketch in segmented]
    assert np.mean(np.equal(whole, 1)) > 0.9, "lobes hang together"
    pieces = [without_filaments(sketch) for sketch in segmented]
    lobes = [sketch.lobes for sketch in segmented]
    assert np.all(np.less_equal(pieces, lobes))
    assert np.mean(np.equal(pieces, lobes)) > 0.4
    assert np.corrcoef(pieces, lobes)[0, 1] > 0.3


@pytest.mark.parametrize("label", ["erythroblast", "ig", "lymphocyte"])
def test_round_nuclei_stay_in_one_piece(label: str, sketches: dict[str, list[Sketch]]):
    assert {without_filaments(sketch) for sketch in sketches[label]} == {1}


def test_platelets_are_smallest_and_have_no_nucleus(sketches: dict[str, list[Sketch]]):
    areas = {label: np.mean([s.cell.sum() for s in cells]) for label, cells in sketches.items()}
    assert min(areas, key=lambda label: areas[label]) == "platelet"
    assert areas["platelet"] < 0.5 * min(a for label, a in areas.items() if label != "platelet")
    assert not any(sketch.nucleus.any() for sketch in sketches["platelet"])


def test_nucleus_shares_are_ordered_as_in_blood(sketches: dict[str, list[Sketch]]):
    share = {label: mean_of(cells, "nucleus_share") for label, cells in sketches.items()}
    assert max(share, key=lambda label: share[label]) == "lymphocyte"
    assert share["neutrophil"] < share["eosinophil"] < share["monocyte"] < share["lymphocyte"]


def test_nucleus_is_what_is_dark(sketches: dict[str, list[Sketch]]):
    """A threshold on green, half-way between nucleus and cytoplasm, finds the mask again."""
    for label in ("neutrophil", "lymphocyte", "erythroblast"):
        for sketch in sketches[label]:
            green = ndimage.median_filter(sketch.pixels[:, :, 1], 3)
            within = np.median(green[sketch.nucleus])
            around = np.median(green[sketch.cell & ~sketch.nucleus])
            dark = sketch.cell & (green < (within + around) / 2)
            found = (dark & sketch.nucleus).sum() / (dark | sketch.nucleus).sum()
            assert found > 0.7


def test_granules_colour_the_cytoplasm(sketches: dict[str, list[Sketch]]):
    red, green, blue = np.transpose([cytoplasm_colour(sketches[label]) for label in LABELS])
    redness = dict(zip(LABELS, red / blue, strict=True))
    brightness = dict(zip(LABELS, (red + green + blue) / 3, strict=True))
    assert max(redness, key=lambda label: redness[label]) == "eosinophil"
    assert redness["eosinophil"] > 1.15 * redness["neutrophil"]
    assert min(brightness, key=lambda label: brightness[label]) == "basophil"
    assert max(brightness, key=lambda label: brightness[label]) == "neutrophil"


def test_unknown_class_names_the_known_ones():
    with pytest.raises(UsageError) as caught:
        draw_cell("blast", seed=0)
    assert str(caught.value) == (
        "there is no class 'blast' to draw; choose one of basophil, eosinophil, erythroblast, "
        "ig, lymphocyte, monocyte, neutrophil, platelet."
    )


def test_negative_seed_is_refused():
    with pytest.raises(UsageError, match=r"^the seed is -1; it has to be 0 or more\.$"):
        draw_cell("ig", seed=-1)


@pytest.mark.parametrize("size", [0, 31, 2049])
def test_size_out_of_range_is_refused(size: int):
    with pytest.raises(UsageError) as caught:
        draw_cell("ig", seed=0, size=size)
    assert str(caught.value) == (
        f"a picture of {size} x {size} pixels cannot be drawn; choose a side of 32 to 2048 pixels."
    )
