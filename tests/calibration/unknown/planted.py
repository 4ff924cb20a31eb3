"""Cells whose features stand around the corners of a room; unknown ones elsewhere in it."""

import numpy as np

from hemoscope.calibration import KnownCells, UnknownCells

CLASSES = ("basophil", "ig", "monocyte", "platelet")
WIDTH = 12
CENTRES = 6.0 * np.eye(len(CLASSES), WIDTH)


def logits_of(features: np.ndarray) -> np.ndarray:
    """What a linear head says."""
    return features @ CENTRES.T / 3


def known(cells: int = 400, *, seed: int = 0, groups: int | None = None) -> KnownCells:
    rng = np.random.default_rng(seed)
    truth = rng.integers(0, len(CLASSES), cells)
    spread = np.linspace(0.5, 1.5, WIDTH)
    features = CENTRES[truth] + spread * rng.normal(size=(cells, WIDTH))
    member = None if groups is None else rng.integers(0, groups, cells)
    return KnownCells(CLASSES, logits_of(features), truth, features, member)


def unknown(cells: int = 80, *, seed: int = 1) -> UnknownCells:
    """Around another corner, which the head is blind to."""
    rng = np.random.default_rng(seed)
    features = 8.0 * np.eye(1, WIDTH, 8) + rng.normal(size=(cells, WIDTH))
    return UnknownCells(logits_of(features), features)
