"""Fewer points for a drawn curve, without a visible difference."""

import numpy as np

from hemoscope.evaluation.arrays import Array, Indices

MOST_POINTS = 400


def thin(x: Array, y: Array, most: int = MOST_POINTS) -> Indices:
    """Indices of at most about `most` points of a curve, its corners and both ends among them.

    First the inner points of straight axis-parallel runs go (nothing is lost), then, if there
    are still too many, points that lie close together along the curve.

    Args:
        x: (k,) abscissae.
        y: (k,) ordinates.
        most: Upper limit, above 2.
    """
    corners = _corners(x, y)
    if len(corners) <= most:
        return corners
    way = np.concatenate([[0.0], np.cumsum(np.hypot(np.diff(x[corners]), np.diff(y[corners])))])
    stations = np.linspace(0, way[-1], most)
    chosen = np.searchsorted(way, stations).clip(0, len(way) - 1)
    return corners[np.unique(np.concatenate([[0], chosen, [len(way) - 1]]))]


def _corners(x: Array, y: Array) -> Indices:
    if len(x) < 3:
        return np.arange(len(x))
    flat_x, flat_y = np.diff(x) == 0, np.diff(y) == 0
    straight = (flat_x[1:] & flat_x[:-1]) | (flat_y[1:] & flat_y[:-1])
    return np.flatnonzero(np.concatenate([[True], ~straight, [True]]))
