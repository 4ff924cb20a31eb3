"""Cells as pictures: those to look at first, and all classes, the least sure first."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from PIL import Image

from hemoscope.cells import CellTable
from hemoscope.opinions import Findings, Opinion, SecondLook
from hemoscope.reports.html.elements import Bar, Picture
from hemoscope.reports.html.jpeg_uri import jpeg_uri
from hemoscope.reports.html.pictures import thumbnails
from hemoscope.reports.numbers import percent
from hemoscope.reports.overlays import overlay

THUMBNAIL = 80  # pixels
BARS = 3


@dataclass(frozen=True)
class Sheet:
    """The cells that were called one class.

    Attributes:
        name: The class.
        total: How many there are.
        pictures: Those shown: unknown cells first, then those to look at, the least sure first.
    """

    name: str
    total: int
    pictures: tuple[Picture, ...]


def pictures_of(findings: Findings, images: CellTable | None) -> Mapping[str, str]:
    """Thumbnails of all cells that the page shows, by path.

    Args:
        findings: What was found.
        images: The cells of `findings.shown`, or more; None = nowhere.
    """
    paths = [str(opinion.path) for opinion in findings.shown]
    return thumbnails(images, paths, THUMBNAIL)


def contact_sheets(findings: Findings, uris: Mapping[str, str]) -> tuple[Sheet, ...]:
    """One sheet for every class that was called."""
    return tuple(
        Sheet(name, findings.called[name], tuple(_small(opinion, uris) for opinion in opinions))
        for name, opinions in findings.sheets.items()
    )


def first_pictures(
    findings: Findings, uris: Mapping[str, str], looks: Mapping[int, SecondLook]
) -> tuple[Picture, ...]:
    """The cells to look at first, each with the reason, and with its attention where there is."""
    return tuple(_large(opinion, uris, looks) for opinion in findings.look_first)


def _small(opinion: Opinion, uris: Mapping[str, str]) -> Picture:
    path = str(opinion.path)
    mark = "unknown" if opinion.unknown else "accepted" if opinion.accepted else "look"
    return Picture(
        uris.get(path),
        path,
        percent(opinion.probability or 0.0, 1),
        note=opinion.reason,
        mark=mark,
        words=opinion.in_words or "",
    )


def _large(opinion: Opinion, uris: Mapping[str, str], looks: Mapping[int, SecondLook]) -> Picture:
    path = str(opinion.path)
    headline = f"none of the classes? ({opinion.label})" if opinion.unknown else f"{opinion.label}?"
    look = looks.get(opinion.index)
    return Picture(
        uris.get(path),
        path,
        headline,
        _bars(opinion),
        note=opinion.reason,
        mark="unknown" if opinion.unknown else "look",
        beside=None if look is None else _attention(look),
        words=opinion.in_words or "",
    )


def _bars(opinion: Opinion) -> tuple[Bar, ...]:
    ranked = sorted(opinion.probabilities.items(), key=lambda item: -item[1])[:BARS]
    return tuple(
        Bar(
            name,
            percent(chance, 1),
            round(100 * chance, 1),
            "called" if name == opinion.label else "other",
        )
        for name, chance in ranked
    )


def _attention(look: SecondLook) -> str:
    """The model's square, with its attention laid over it."""
    side = (THUMBNAIL, THUMBNAIL)
    pixels = np.asarray(Image.fromarray(look.pixels).resize(side, Image.Resampling.BOX))
    weights = Image.fromarray(look.attention.astype(np.float32))
    spread = np.asarray(weights.resize(side, Image.Resampling.BICUBIC))
    return jpeg_uri(overlay(pixels, np.maximum(spread, 0)))
