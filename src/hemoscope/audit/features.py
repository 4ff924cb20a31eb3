"""Local features of one image: what two crops of one field have in common.

SIFT (Lowe 2004, doi:10.1023/B:VISI.0000029664.99615.94) describes small neighbourhoods in a way
that shift, turn, scale and brightness leave unchanged. Keypoints are taken evenly over the image,
because the strongest ones crowd on the central nucleus, which two overlapping crops rarely share.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemoscope.audit.extra import opencv

FEATURE_SIZE = 256  # pixels a side of the image that features are found in
VERSION = 1  # raise it when the features of an unchanged image change: it keys the cache
CONTRAST = 0.015
SMALLEST = 2.2  # keypoints of a smaller diameter are noise of the camera or the compression
GRID = 6  # the image is divided into GRID x GRID tiles ...
PER_TILE = 4  # ... of which each gives this many keypoints at most
BINS = 8  # orientation bins of SIFT
WIDTH = 4  # spatial bins of SIFT, each way
DESCRIPTOR = WIDTH * WIDTH * BINS


@dataclass(frozen=True, eq=False)
class LocalFeatures:
    """The keypoints of one image.

    Attributes:
        points: (k, 4) float32: x and y in [0, 1] (shares of the frame's width and height), the
            diameter as a share of the frame, the orientation in radians.
        descriptors: (k, 128) uint8.
    """

    points: NDArray[np.float32]
    descriptors: NDArray[np.uint8]


def extract(gray: NDArray[np.uint8]) -> LocalFeatures:
    """Finds and describes the keypoints of a square grey image.

    Args:
        gray: (FEATURE_SIZE, FEATURE_SIZE) uint8.

    Raises:
        MissingExtraError: OpenCV is not installed.
    """
    sift = opencv().SIFT_create(nfeatures=0, contrastThreshold=CONTRAST)
    found, descriptors = sift.detectAndCompute(gray, None)
    if descriptors is None:
        return LocalFeatures(np.zeros((0, 4), np.float32), np.zeros((0, DESCRIPTOR), np.uint8))
    rows = [(*k.pt, k.size, np.deg2rad(k.angle), k.response) for k in found]
    keypoints = np.array(rows, dtype=np.float32)
    chosen = _spread(keypoints, len(gray))
    points = keypoints[chosen, :4]
    points[:, :3] /= len(gray)
    return LocalFeatures(points, descriptors[chosen].astype(np.uint8))


def _spread(keypoints: NDArray[np.float32], size: int) -> NDArray[np.intp]:
    """The strongest keypoints of every tile, of (k, 5): x, y, diameter, orientation, response."""
    large = np.flatnonzero(keypoints[:, 2] >= SMALLEST)
    kept = keypoints[large]
    column, row = np.clip((kept[:, :2] * GRID / size).astype(int), 0, GRID - 1).T
    tile = row * GRID + column
    order = np.lexsort((-kept[:, 4], tile))
    first = np.searchsorted(tile[order], tile[order])
    return large[order[np.arange(len(order)) - first < PER_TILE]]


def _mirror_order() -> NDArray[np.intp]:
    """Where each of the 128 numbers comes from when the image is mirrored.

    In the frame of its own orientation a mirrored neighbourhood has its rows reversed and its
    angles negated.
    """
    index = np.arange(DESCRIPTOR).reshape(WIDTH, WIDTH, BINS)
    return index[::-1][:, :, (-np.arange(BINS)) % BINS].reshape(-1)


MIRROR = _mirror_order()
