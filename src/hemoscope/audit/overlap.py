"""Whether two aligned images show one field: the pixels of the shared part decide.

Similar cells are not the same field. In the same field everything in the shared part agrees: the
neighbours, their outlines, the folds in them. The shared part is therefore cut into small tiles,
and nearly every tile that shows anything must agree by itself, after its own brightness and
contrast have been taken out.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemoscope.audit.alignment import Alignment
from hemoscope.audit.extra import opencv

TILE = 16  # pixels of the working size
BLUR = 1.2  # pixels; forgives half a pixel of misplacement and the noise of compression
FLAT = 4.0  # a tile whose grey values vary less (standard deviation) shows nothing


@dataclass(frozen=True)
class Overlap:
    """What the pixels say of an alignment.

    Attributes:
        share: Share of the smaller of the two frames that both images show, in [0, 1].
        tiles: Tiles of the shared part that show something.
        agreeing: Share of those tiles whose correlation is 0.7 or more, in [0, 1].
        correlation: Correlation of the blurred grey values over the whole shared part.
        detail: Correlation of what the blur takes away: fine texture and noise.
    """

    share: float
    tiles: int
    agreeing: float
    correlation: float
    detail: float


def compare(first: NDArray[np.uint8], second: NDArray[np.uint8], alignment: Alignment) -> Overlap:
    """Lays the first image on the second and compares the shared part.

    Args:
        first: (s, s) grey values.
        second: (s, s) grey values.
        alignment: How the first lies on the second.
    """
    cv2 = opencv()
    size = len(second)
    matrix = _in_pixels(alignment.matrix, size)
    laid = cv2.warpAffine(first, matrix, (size, size), flags=cv2.INTER_LINEAR)
    whole = np.full((size, size), 255, np.uint8)
    inside = cv2.warpAffine(whole, matrix, (size, size), flags=cv2.INTER_LINEAR) == 255
    share = float(min(1.0, inside.mean() / min(1.0, alignment.scale**2)))
    mask = cv2.erode(inside.astype(np.uint8), np.ones((5, 5), np.uint8)) > 0
    a, b = laid.astype(np.float32), second.astype(np.float32)
    soft_a, soft_b = (cv2.GaussianBlur(x, (0, 0), BLUR) for x in (a, b))
    local, shown = _by_tile(soft_a, soft_b, mask)
    return Overlap(
        share=share,
        tiles=int(shown.sum()),
        agreeing=float((local[shown] >= 0.7).mean()) if shown.any() else 0.0,
        correlation=_correlation(soft_a[mask], soft_b[mask]),
        detail=_correlation((a - soft_a)[mask], (b - soft_b)[mask]),
    )


def _in_pixels(matrix: NDArray[np.float64], size: int) -> NDArray[np.float64]:
    """From shares of the frame to OpenCV's pixels, both with the centre of a pixel at 0."""
    return np.column_stack([matrix[:, :2], matrix[:, 2] * size])


def _by_tile(
    a: NDArray[np.float32], b: NDArray[np.float32], mask: NDArray[np.bool_]
) -> tuple[NDArray[np.float64], NDArray[np.bool_]]:
    """Correlation of every tile that lies wholly in the mask, and which of them show anything."""
    whole = _tiles(mask).all(axis=1)
    x, y = _tiles(a)[whole].astype(np.float64), _tiles(b)[whole].astype(np.float64)
    x, y = x - x.mean(axis=1, keepdims=True), y - y.mean(axis=1, keepdims=True)
    norm_x, norm_y = np.linalg.norm(x, axis=1), np.linalg.norm(y, axis=1)
    correlation = (x * y).sum(axis=1) / np.maximum(norm_x * norm_y, 1e-9)
    return correlation, np.maximum(norm_x, norm_y) / TILE >= FLAT


def _tiles(image: NDArray) -> NDArray:
    """(tiles, TILE²) the image cut up; a remainder at the right and bottom is left out."""
    rows, columns = (side // TILE for side in image.shape)
    cut = image[: rows * TILE, : columns * TILE].reshape(rows, TILE, columns, TILE)
    return cut.swapaxes(1, 2).reshape(rows * columns, TILE * TILE)


def _correlation(a: NDArray[np.float32], b: NDArray[np.float32]) -> float:
    if len(a) < 2:
        return 0.0
    a, b = a - a.mean(), b - b.mean()
    return float((a * b).sum() / max(float(np.linalg.norm(a) * np.linalg.norm(b)), 1e-9))
