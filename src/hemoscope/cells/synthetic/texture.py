"""Textures: smooth noise, and granules on a jittered grid.

Both are laid out in micrometres before any pixel is looked at, so that the same random numbers
give the same cell at every size of picture.
"""

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

from hemoscope.cells.synthetic.shapes import Floats, Window, coverage


def smooth_noise(window: Window, grain: float, reach: float, rng: np.random.Generator) -> Floats:
    """Gaussian noise of mean 0 and standard deviation 0.5, the same in every direction.

    Args:
        window: Where it is wanted.
        grain: Size of a blob, in micrometres.
        reach: The noise is defined up to here from the centre, in micrometres, and repeats
            beyond. It fixes how many random numbers are used, whatever the size in pixels.
        rng: Where the random numbers come from.

    Returns:
        (h, w) noise.
    """
    step = grain / 2
    nodes = int(2.0 * reach / step) + 2
    lattice = rng.standard_normal((nodes, nodes), dtype=np.float32)
    # Smoothing white noise by s nodes divides its standard deviation by 2 s sqrt(pi), here s = 1.
    lattice = ndimage.gaussian_filter(lattice, 1.0, mode="wrap", truncate=3.0)
    lattice *= np.float32(np.sqrt(np.pi))
    left, right, along_x = _places(window.x[0], step, reach, nodes)
    upper, lower, along_y = _places(window.y[:, 0], step, reach, nodes)
    rows = lattice[upper] + along_y[:, None] * (lattice[lower] - lattice[upper])
    before = rows[:, left]
    return before + along_x[None, :] * (rows[:, right] - before)


def _places(
    line: Floats, step: float, reach: float, nodes: int
) -> tuple[NDArray[np.intp], NDArray[np.intp], Floats]:
    """The lattice nodes on either side of each place, and how far it is from one to the next."""
    scaled = (line + np.float32(reach)) / np.float32(step)
    whole = np.floor(scaled)
    part = scaled - whole
    before = whole.astype(np.intp) % nodes
    return before, (before + 1) % nodes, part


def spots(
    window: Window, diameter: float, density: float, reach: float, rng: np.random.Generator
) -> Floats:
    """Round grains scattered evenly: at most one in each field of a grid, moved about in it.

    Args:
        window: Where they are wanted.
        diameter: Of a grain, in micrometres; single grains have 0.6 to 1.2 times that.
        density: Share of the fields that hold a grain, 0 … 1.
        reach: Grains lie up to here from the centre, in micrometres.
        rng: Where the random numbers come from.

    Returns:
        (h, w) coverage, 0 … 1.
    """
    step = 1.15 * diameter
    fields = int(2.0 * reach / step) + 3
    middle = (np.arange(fields, dtype=np.float32) - (fields - 1) / 2) * np.float32(step)
    jitter = rng.uniform(-0.4, 0.4, (2, fields, fields)).astype(np.float32) * np.float32(step)
    x, y = middle[None, :] + jitter[0], middle[:, None] + jitter[1]
    radius = rng.uniform(0.3, 0.6, (fields, fields)).astype(np.float32) * np.float32(diameter)
    radius[rng.uniform(size=(fields, fields)) >= density] = -np.inf
    return coverage(nearest_edge(window, (x, y, radius), step), max(1.5 * window.pixel, 0.1))


def nearest_edge(window: Window, grains: tuple[Floats, Floats, Floats], step: float) -> Floats:
    """(h, w) distance to the nearest edge of a grain, looked for in the 2 x 2 fields around.

    A grain stays within 0.95 steps of the middle of its field, so it lies in none beyond.
    """
    fields = grains[2].shape[0]
    half = np.float32((fields - 1) / 2)
    column = np.floor(window.x[0] / np.float32(step) + half).astype(np.intp)
    row = np.floor(window.y[:, 0] / np.float32(step) + half).astype(np.intp)
    best = np.full((len(row), len(column)), np.inf, np.float32)
    for down in (0, 1):
        for right in (0, 1):
            at = np.ix_(np.clip(row + down, 0, fields - 1), np.clip(column + right, 0, fields - 1))
            dx, dy = window.x - grains[0][at], window.y - grains[1][at]
            np.minimum(best, np.sqrt(dx * dx + dy * dy) - grains[2][at], out=best)
    return best
