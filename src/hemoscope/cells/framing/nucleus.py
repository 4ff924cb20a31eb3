"""Where the nucleus is, and how large: classical image analysis on a thumbnail.

Azure and haematoxylin take red light away and let blue pass, so a nucleus is dark in red and bluish
against it. Red cells and eosinophil granules take away green and blue instead.
"""

from dataclasses import dataclass
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray
from scipy import ndimage

_LEAST = 0.25  # staining of the faintest nucleus that is believed
_SHARE = 0.55  # of the deepest staining: what counts as nucleus
_CENTRAL = 0.3  # spread of the preference for the middle, in widths of the image
_GAP, _GAP_GROWTH = 2.5, 0.3  # lobes stand apart by so many pixels, and so much of a radius
_LOBE = 0.05  # the smallest lobe, as a share of what is found already


@dataclass(frozen=True)
class Nucleus:
    """A nucleus, or the granular middle of a platelet.

    Attributes:
        x: Centre, in pixels from the left edge.
        y: Centre, in pixels from the upper edge.
        radius: That of a disc with the same second moments: of lobes that lie apart it is the
            radius of the group.
    """

    x: float
    y: float
    radius: float


def staining(image: NDArray[np.float32], background: NDArray[np.float32]) -> NDArray[np.float32]:
    """How much like a nucleus each pixel is stained: (h, w), 0 for glass, about 1 at the deepest.

    The red light that is missing, plus how far blue stands above red, both relative to glass.

    Args:
        image: (h, w, 3) RGB in 0 … 255.
        background: (3,) the colour of glass.
    """
    light = np.minimum(image / background, np.float32(1.2))
    return 1 - 2 * light[..., 0] + light[..., 2]


def find_nucleus(image: NDArray[np.float32], background: NDArray[np.float32]) -> Nucleus | None:
    """The nucleus nearest to the middle of an image, with all its lobes.

    Args:
        image: (h, w, 3) RGB in 0 … 255; a thumbnail of about 100 pixels.
        background: (3,) the colour of glass.

    Returns:
        Its place, or None where nothing is stained like one.
    """
    stain = ndimage.gaussian_filter(staining(image, background), 0.7)
    deep = stain > max(_LEAST, _SHARE * float(np.quantile(stain, 0.995)))
    parts, count = ndimage.label(deep)  # pyright: ignore[reportGeneralTypeIssues]
    if count == 0:
        return None
    if count == 1:
        return _measure(deep)
    weights = np.bincount(parts.ravel(), (stain * _preference(stain.shape)).ravel())
    return _measure(_with_lobes(parts, int(np.argmax(weights[1:])) + 1, count))


@lru_cache(maxsize=64)
def _preference(shape: tuple[int, ...]) -> NDArray[np.float64]:
    """(h, w) weights, 1 in the middle: single-cell images have their cell there."""
    rows, columns = (np.linspace(-0.5, 0.5, length) / _CENTRAL for length in shape)
    return np.exp(-(rows[:, None] ** 2 + columns[None, :] ** 2) / 2)


def _with_lobes(parts: NDArray[np.integer], main: int, count: int) -> NDArray[np.bool_]:
    """The main part, and the parts that lie near enough to be lobes of the same nucleus."""
    every = np.arange(1, count + 1)
    areas = np.bincount(parts.ravel(), minlength=count + 1)[1:]
    found = parts == main
    taken = every == main
    # A part too small now stays so, for what is taken only grows; then no distance is needed.
    possible = ~taken & (areas >= _LOBE * areas[main - 1])
    for _ in range(int(possible.sum())):
        gap = _GAP + _GAP_GROWTH * _measure(found).radius
        distance = ndimage.distance_transform_edt(~found)
        nearest = np.asarray(ndimage.minimum(distance, parts, every))
        lobes = ~taken & (nearest <= gap) & (areas >= _LOBE * areas[taken].sum())
        if not lobes.any():
            break
        taken |= lobes
        found = np.isin(parts, every[taken])
    return found


def _measure(mask: NDArray[np.bool_]) -> Nucleus:
    rows, columns = np.nonzero(mask)
    # A disc of radius r has the variance r² / 4 along each axis; a pixel by itself adds 1 / 12.
    spread = float(rows.var() + columns.var()) + 1 / 6
    return Nucleus(
        float(columns.mean()) + 0.5, float(rows.mean()) + 0.5, float(np.sqrt(2 * spread))
    )
