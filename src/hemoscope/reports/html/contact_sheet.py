"""Cells as pictures by class, the least sure first."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from hemoscope.cells import CellTable
from hemoscope.predictions import Predictions
from hemoscope.reports.html.elements import Picture
from hemoscope.reports.html.mistakes import probability_bars
from hemoscope.reports.html.pictures import thumbnails
from hemoscope.reports.numbers import percent

THUMBNAIL = 80  # pixels
MOST_PICTURES = 900  # keeps the page below 5 MB
DOUBTFUL = 24


@dataclass(frozen=True)
class Sheet:
    """The cells that were called one class.

    Attributes:
        name: The class.
        total: How many there are.
        pictures: Those shown, the least sure first.
    """

    name: str
    total: int
    pictures: tuple[Picture, ...]


def least_sure(predictions: Predictions) -> np.ndarray:
    """(n,) rows, the lowest confidence first; equal ones in the order of the table."""
    return np.argsort(predictions.confidence, kind="stable")


def contact_sheets(predictions: Predictions, images: CellTable | None) -> tuple[Sheet, ...]:
    """One sheet for every class that was called, with as many pictures as the page can hold."""
    order = least_sure(predictions)
    called = predictions.predicted[order]
    rows = {
        position: order[called == position]
        for position in range(len(predictions.classes))
        if (called == position).any()
    }
    share = MOST_PICTURES // max(len(rows), 1)
    shown = {position: chosen[:share] for position, chosen in rows.items()}
    wanted = [str(predictions.paths[row]) for chosen in shown.values() for row in chosen]
    uris = thumbnails(images, wanted, THUMBNAIL)
    return tuple(
        Sheet(
            predictions.classes[position],
            len(rows[position]),
            tuple(_small(predictions, int(row), uris.get(str(predictions.paths[row])))
                  for row in chosen),
        )
        for position, chosen in shown.items()
    )  # fmt: skip


def doubtful_pictures(
    predictions: Predictions, images: CellTable | None, below: float
) -> tuple[Picture, ...]:
    """The least sure cells below a confidence, with their highest probabilities."""
    order = [int(row) for row in least_sure(predictions)[:DOUBTFUL]]
    rows = [row for row in order if predictions.confidence[row] < below]
    uris = thumbnails(images, [str(predictions.paths[row]) for row in rows], THUMBNAIL)
    return tuple(_large(predictions, row, uris) for row in rows)


def _small(predictions: Predictions, row: int, uri: str | None) -> Picture:
    return Picture(uri, str(predictions.paths[row]), percent(_confidence(predictions, row), 1))


def _large(predictions: Predictions, row: int, uris: Mapping[str, str]) -> Picture:
    path = str(predictions.paths[row])
    called = predictions.classes[int(predictions.predicted[row])]
    return Picture(uris.get(path), path, f"{called}?", probability_bars(predictions, row))


def _confidence(predictions: Predictions, row: int) -> float:
    return float(predictions.confidence[row])
