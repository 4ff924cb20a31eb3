"""Pictures of no cell at all, drawn: what a person may hand to a classifier by mistake."""

from collections.abc import Callable
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from PIL import Image, ImageDraw

SIDE = 200
Pixels = NDArray[np.uint8]
Rng = np.random.Generator


def _noise(rng: Rng) -> Pixels:
    return rng.integers(0, 256, (SIDE, SIDE, 3), dtype=np.uint8)


def _one_colour(rng: Rng) -> Pixels:
    return np.full((SIDE, SIDE, 3), rng.integers(0, 256, 3), np.uint8)


def _empty_glass(rng: Rng) -> Pixels:
    return np.clip(rng.normal(235, 3, (SIDE, SIDE, 3)), 0, 255).astype(np.uint8)


def _soft_colours(rng: Rng) -> Pixels:
    few = Image.fromarray(rng.integers(0, 256, (8, 8, 3), dtype=np.uint8))
    return np.asarray(few.resize((SIDE, SIDE), Image.Resampling.BICUBIC))


def _clouds(rng: Rng) -> Pixels:
    walk = rng.normal(size=(SIDE, SIDE, 3)).cumsum(0).cumsum(1)
    low = walk.min((0, 1))
    return (255 * (walk - low) / (walk.max((0, 1)) - low)).astype(np.uint8)


def _chequers(rng: Rng) -> Pixels:
    squares = np.indices((SIDE, SIDE)).sum(0) // rng.integers(4, 30) % 2
    return np.repeat((255 * squares).astype(np.uint8)[..., None], 3, axis=2)


def _text(rng: Rng) -> Pixels:
    page = Image.new("RGB", (SIDE, SIDE), "white")
    for line in range(18):
        words = " ".join(str(number) for number in rng.integers(0, 10_000, 6))
        ImageDraw.Draw(page).text((5, 11 * line), words, fill="black")
    return np.asarray(page)


def _discs(rng: Rng) -> Pixels:
    picture = Image.new("RGB", (SIDE, SIDE), _colour(rng))
    for _ in range(12):
        x, y = rng.integers(0, SIDE - 20, 2).tolist()
        width, height = rng.integers(6, 66, 2).tolist()
        ImageDraw.Draw(picture).ellipse((x, y, x + width, y + height), fill=_colour(rng))
    return np.asarray(picture)


def _colour(rng: Rng) -> tuple[int, int, int]:
    red, green, blue = rng.integers(0, 256, 3).tolist()
    return red, green, blue


KINDS: dict[str, Callable[[Rng], Pixels]] = {
    "noise": _noise,
    "one-colour": _one_colour,
    "empty-glass": _empty_glass,
    "soft-colours": _soft_colours,
    "clouds": _clouds,
    "chequers": _chequers,
    "text": _text,
    "discs": _discs,
}


def write_no_cells(folder: Path, *, each: int, seed: int) -> None:
    """Writes `each` PNG files of every kind, `KIND-000.png` and so on, into a new folder."""
    folder.mkdir(parents=True)
    rng = np.random.default_rng(seed)
    for kind, draw in KINDS.items():
        for number in range(each):
            Image.fromarray(draw(rng)).save(folder / f"{kind}-{number:03d}.png")
