"""How one image lies on another, from their keypoints.

Every match of two keypoints proposes a placement by itself (position, size and orientation give
four degrees of freedom), so the search for the placement that most matches agree on is exhaustive
and needs no random draws.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemoscope.audit.features import MIRROR, LocalFeatures
from hemoscope.audit.index import root

FARTHEST = 0.6  # distance of descriptors; wider than in the index, as only two images are compared
ROUGH = 0.04  # of the frame: how far a match may miss the placement that a single match proposes
FINE = 0.012  # of the frame: how far after fitting
ROUNDS = 4
LEAST = 4  # matches
LARGEST = 4.0  # times larger or smaller; beyond, matches have fallen together on one spot


@dataclass(frozen=True, eq=False)
class Alignment:
    """A placement of the first image on the second.

    Attributes:
        matrix: (2, 3) takes a point of the first frame (shares of width and height) to the second.
        inliers: Number of matches that agree with it.
    """

    matrix: NDArray[np.float64]
    inliers: int

    @property
    def scale(self) -> float:
        """How much larger the first is shown in the second."""
        return float(np.sqrt(abs(np.linalg.det(self.matrix[:, :2]))))

    @property
    def turn(self) -> float:
        """Degrees in -180 … 180."""
        sign = -1.0 if self.mirrored else 1.0
        return float(np.degrees(np.arctan2(self.matrix[1, 0], sign * self.matrix[1, 1])))

    @property
    def mirrored(self) -> bool:
        """Whether the first must be mirrored."""
        return bool(np.linalg.det(self.matrix[:, :2]) < 0)


def align(first: LocalFeatures, second: LocalFeatures, *, mirrored: bool) -> Alignment | None:
    """The placement that most matches agree on, or None where fewer than four do."""
    a, b = _match(first, second, mirrored)
    if len(a) < LEAST:
        return None
    matrices = _propose(first.points[a], second.points[b], mirrored)
    source = first.points[a, :2].astype(np.float64)
    target = second.points[b, :2].astype(np.float64)
    placed = np.einsum("hij,mj->hmi", matrices[:, :, :2], source) + matrices[:, None, :, 2]
    agreeing = (np.square(placed - target).sum(axis=2) < ROUGH**2).sum(axis=1)
    matrix = matrices[agreeing.argmax()]
    tolerance = ROUGH
    inside = np.zeros(len(a), dtype=bool)
    for _ in range(ROUNDS):
        missed = np.linalg.norm(source @ matrix[:, :2].T + matrix[:, 2] - target, axis=1)
        inside = missed < tolerance
        if inside.sum() < LEAST:
            return None
        matrix = fit_similarity(source[inside], target[inside], mirrored)
        tolerance = FINE
    spots = np.unique(np.round(source[inside] / FINE).astype(int), axis=0)
    found = Alignment(matrix, len(spots))
    return found if len(spots) >= LEAST and 1 / LARGEST < found.scale < LARGEST else None


def fit_similarity(
    source: NDArray[np.float64], target: NDArray[np.float64], mirrored: bool
) -> NDArray[np.float64]:
    """(2, 3) the similarity of least squares from points to points (Umeyama 1991)."""
    centre, aim = source.mean(axis=0), target.mean(axis=0)
    p, q = source - centre, target - aim
    if mirrored:
        p = p * np.array([1.0, -1.0])
    z = (p[:, 0] - 1j * p[:, 1]) @ (q[:, 0] + 1j * q[:, 1]) / max(np.square(p).sum(), 1e-12)
    linear = np.array([[z.real, -z.imag], [z.imag, z.real]])
    if mirrored:
        linear = linear @ np.diag([1.0, -1.0])
    return np.column_stack([linear, aim - linear @ centre])


def _match(
    first: LocalFeatures, second: LocalFeatures, mirrored: bool
) -> tuple[NDArray[np.intp], NDArray[np.intp]]:
    """Pairs of keypoints that are each other's nearest in appearance."""
    if len(first.points) == 0 or len(second.points) == 0:
        return np.zeros(0, np.intp), np.zeros(0, np.intp)
    values = first.descriptors[:, MIRROR] if mirrored else first.descriptors
    cosine = root(values) @ root(second.descriptors).T
    best = cosine.argmax(axis=1)
    mutual = cosine.argmax(axis=0)[best] == np.arange(len(best))
    close = cosine[np.arange(len(best)), best] > 1 - FARTHEST**2 / 2
    chosen = np.flatnonzero(mutual & close)
    return chosen, best[chosen]


def _propose(a: NDArray[np.float32], b: NDArray[np.float32], mirrored: bool) -> NDArray[np.float64]:
    """(m, 2, 3) the placement that each match stands for."""
    sign = -1.0 if mirrored else 1.0
    turn = (b[:, 3] - sign * a[:, 3]).astype(np.float64)
    scale = (b[:, 2] / a[:, 2]).astype(np.float64)
    cos, sin = scale * np.cos(turn), scale * np.sin(turn)
    linear = np.stack([np.stack([cos, -sin * sign], 1), np.stack([sin, cos * sign], 1)], axis=1)
    offset = b[:, :2] - np.einsum("mij,mj->mi", linear, a[:, :2].astype(np.float64))
    return np.concatenate([linear, offset[:, :, None]], axis=2)
