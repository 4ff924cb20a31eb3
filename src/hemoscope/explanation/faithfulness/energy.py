"""How much of a map lies on the cell (the energy-based pointing game of Wang et al., 2020)."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemoscope.explanation.masks import CYTOPLASM, NUCLEUS, UNKNOWN

Shares = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class EnergyShares:
    """Per cell, the share of a map's positive values inside a region.

    It is nan for a map without any. For a cell without mask everything is.

    A share tells nothing without the region's own share of the picture: even a map of noise has
    half its energy in a cell that fills half of it.

    Attributes:
        nucleus: (n,) inside the nucleus, in [0, 1].
        cell: (n,) inside nucleus and cytoplasm.
        nucleus_area: (n,) share of the pixels that are nucleus.
        cell_area: (n,) share of the pixels that are nucleus or cytoplasm.
    """

    nucleus: Shares
    cell: Shares
    nucleus_area: Shares
    cell_area: Shares


def energy_shares(maps: NDArray[np.floating], masks: NDArray[np.uint8]) -> EnergyShares:
    """Where the positive part of each map lies.

    Args:
        maps: (n, h, w).
        masks: (n, h, w): 255 nucleus, 128 cytoplasm, 0 the rest; all `UNKNOWN`
            for a cell without mask.
    """
    positive = np.clip(maps.astype(np.float64), 0, None).reshape(len(maps), -1)
    levels = masks.reshape(len(masks), -1)
    nucleus = levels == NUCLEUS
    cell = nucleus | (levels == CYTOPLASM)
    total = positive.sum(axis=1)
    unknown = (levels == UNKNOWN).any(axis=1)
    total[unknown | (total == 0)] = np.nan
    pixels = np.where(unknown, np.nan, levels.shape[1])
    return EnergyShares(
        (positive * nucleus).sum(axis=1) / total,
        (positive * cell).sum(axis=1) / total,
        nucleus.sum(axis=1) / pixels,
        cell.sum(axis=1) / pixels,
    )
