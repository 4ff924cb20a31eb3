"""A picture of one synthetic cell, from its class and a seed."""

import zlib
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells.synthetic.body import draw_body, reach_of
from hemoscope.cells.synthetic.classes import MORPHOLOGIES
from hemoscope.cells.synthetic.shapes import Floats, Window, window_at
from hemoscope.cells.synthetic.smear import paint_red_cells, scatter_red_cells
from hemoscope.cells.synthetic.stain import FRAME_UM, STAINS, photograph
from hemoscope.errors import UsageError

SMALLEST, LARGEST = 32, 2048
"""Sides that a picture may have, in pixels."""
STRAYS = (0, 0, 0, 1, 1, 2)
"""Numbers of platelets that lie about in a picture, one chosen evenly."""


@dataclass(frozen=True, eq=False)
class Sketch:
    """A synthetic cell and what was drawn.

    Attributes:
        pixels: (size, size, 3) uint8 RGB.
        label: Its class.
        form: The form of its nucleus ("segmented", "band", "kidney" …); "none" for a platelet.
        lobes: Lobes of the nucleus; 0 for a platelet.
        diameter: Of the cell, in micrometres.
        stain: The kind of smear, "warm" or "cool".
        cell: (size, size) bool, the pixels of the cell, nucleus included.
        nucleus: (size, size) bool, the pixels of the nucleus.
    """

    pixels: NDArray[np.uint8]
    label: str
    form: str
    lobes: int
    diameter: float
    stain: str
    cell: NDArray[np.bool_]
    nucleus: NDArray[np.bool_]

    @property
    def nucleus_share(self) -> float:
        """Area of the nucleus over area of the cell, 0 … 1, as drawn."""
        return float(self.nucleus.sum() / self.cell.sum())


def draw_cell(label: str, seed: int, size: int = 256) -> NDArray[np.uint8]:
    """The picture of one synthetic cell: the same for the same arguments, on any day.

    Args:
        label: One of `MORPHOLOGIES`.
        seed: 0 or more. The same seed gives the same cell at every size, but for sensor noise.
        size: Side of the picture in pixels, 32 … 2048. It always shows 31 µm.

    Returns:
        (size, size, 3) uint8 RGB.

    Raises:
        UsageError: There is no such class, or seed or size is out of range.
    """
    return sketch_cell(label, seed, size).pixels


def sketch_cell(label: str, seed: int, size: int = 256) -> Sketch:
    """`draw_cell` together with what was drawn: lobes, size, and the outlines as masks."""
    if label not in MORPHOLOGIES:
        raise UsageError(
            f"there is no class {label!r} to draw; choose one of {', '.join(MORPHOLOGIES)}."
        )
    check_seed_and_size(seed, size)
    rng = np.random.default_rng([seed, zlib.crc32(label.encode())])
    stain = STAINS[int(rng.integers(len(STAINS)))]
    morphology = MORPHOLOGIES[label]
    diameter = morphology.diameter.draw(rng)
    density = np.zeros((3, size, size), np.float32)
    paint_red_cells(density, scatter_red_cells(diameter / 2, rng))
    _draw_strays(density, rng)
    off_centre = rng.normal(0.0, 0.5, 2)
    centre = (FRAME_UM / 2 + float(off_centre[0]), FRAME_UM / 2 + float(off_centre[1]))
    window = window_at(density, centre, reach_of(diameter), FRAME_UM)
    body = draw_body(window, morphology, diameter, rng)
    return Sketch(
        pixels=photograph(density, stain, rng),
        label=label,
        form="none" if body.nucleus is None else body.nucleus.form,
        lobes=0 if body.nucleus is None else body.nucleus.lobes,
        diameter=diameter,
        stain=stain.name,
        cell=_mask(body.cell_alpha, window, size),
        nucleus=_mask(body.nucleus_alpha, window, size),
    )


def check_seed_and_size(seed: int, size: int) -> None:
    """Raise `UsageError` for a seed or a size that cannot be drawn."""
    if seed < 0:
        raise UsageError(f"the seed is {seed}; it has to be 0 or more.")
    if not SMALLEST <= size <= LARGEST:
        raise UsageError(
            f"a picture of {size} x {size} pixels cannot be drawn; choose a side of "
            f"{SMALLEST} to {LARGEST} pixels."
        )


def _draw_strays(density: Floats, rng: np.random.Generator) -> None:
    """Platelets that happen to lie in the field; a later cell may cover them."""
    platelet = MORPHOLOGIES["platelet"]
    for _ in range(int(rng.choice(STRAYS))):
        x, y = rng.uniform(0.0, FRAME_UM, 2)
        diameter = 0.75 * platelet.diameter.draw(rng)
        window = window_at(density, (float(x), float(y)), reach_of(diameter), FRAME_UM)
        draw_body(window, platelet, diameter, rng)


def _mask(alpha: Floats, window: Window, size: int) -> NDArray[np.bool_]:
    """The pixels of the whole picture that lie at least half inside."""
    mask = np.zeros((size, size), np.bool_)
    mask[window.box] = alpha >= 0.5
    return mask
