"""A map laid over its cell: orange where it speaks for the answer, blue where against."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image

FOR, AGAINST = (213, 94, 0), (0, 114, 178)  # vermilion and blue of Okabe & Ito
STRONGEST = 0.75  # opacity of the highest value
CLIP = 0.995  # a few pixels must not set the scale

Pixels = NDArray[np.uint8]


def overlay(pixels: Pixels, values: NDArray[np.floating]) -> Pixels:
    """Lays a map over a grey copy of its image.

    Args:
        pixels: (h, w, 3).
        values: (h, w). A map without negative values is drawn from its lowest value, since an
            offset that all pixels share says nothing.

    Returns:
        (h, w, 3) uint8.
    """
    strength = scaled(values)[..., None]
    grey = pixels.astype(np.float64) @ (0.299, 0.587, 0.114)
    colour = np.where(strength > 0, FOR, AGAINST)
    opacity = STRONGEST * np.abs(strength)
    return np.rint((1 - opacity) * grey[..., None] + opacity * colour).astype(np.uint8)


def scaled(values: NDArray[np.floating]) -> NDArray[np.float64]:
    """The map in [-1, 1], one scale for both signs; zeros where it is the same everywhere."""
    shifted = values.astype(np.float64)
    shifted = shifted - max(shifted.min(), 0)
    highest = np.quantile(np.abs(shifted), CLIP) or np.abs(shifted).max()
    return np.zeros_like(shifted) if highest == 0 else np.clip(shifted / highest, -1, 1)


def side_by_side(pixels: Pixels, values: NDArray[np.floating]) -> Pixels:
    """(h, 2 w, 3): the cell, and the map over it."""
    return np.concatenate([pixels, overlay(pixels, values)], axis=1)


def save_overlay(pixels: Pixels, values: NDArray[np.floating], file: Path) -> Path:
    """Writes cell and map side by side as PNG; the folder is made if need be."""
    file.parent.mkdir(parents=True, exist_ok=True)
    Image.fromarray(side_by_side(pixels, values)).save(file)
    return file
