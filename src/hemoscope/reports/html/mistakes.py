"""The worst mistakes, as pictures and as a table."""

import numpy as np
import pandas as pd

from hemoscope.cells import CellTable
from hemoscope.evaluation.result import Evaluation
from hemoscope.predictions import Predictions
from hemoscope.reports.html.elements import Bar, Picture
from hemoscope.reports.html.pictures import thumbnails
from hemoscope.reports.numbers import percent

SHOWN = 48
THUMBNAIL = 112  # pixels; printed at about two centimetres
BARS = 3


def mistake_pictures(
    evaluation: Evaluation, predictions: Predictions, images: CellTable | None
) -> tuple[Picture, ...]:
    """The most confident mistakes, each with its highest probabilities and its true class's."""
    mistakes = evaluation.confusion.mistakes
    paths = [str(path) for path in mistakes.paths[:SHOWN]]
    uris = thumbnails(images, paths, THUMBNAIL)
    return tuple(
        Picture(
            uris.get(path),
            path,
            f"{mistakes.truth[i]}, called {mistakes.predicted[i]}",
            probability_bars(predictions, int(mistakes.rows[i]), str(mistakes.truth[i])),
        )
        for i, path in enumerate(paths)
    )


def probability_bars(
    predictions: Predictions, row: int, truth: str | None = None
) -> tuple[Bar, ...]:
    """The highest probabilities of a cell, and that of its true class if it is not among them."""
    chances = predictions.probabilities[row]
    order = [int(i) for i in np.argsort(-chances, kind="stable")]
    called, kept = order[0], order[:BARS]
    if truth is not None and (true := predictions.classes.index(truth)) not in kept:
        kept[-1] = true
    return tuple(
        Bar(
            predictions.classes[i],
            percent(float(chances[i]), 1),
            round(100 * float(chances[i]), 1),
            _role(predictions.classes[i] == truth, i == called),
        )
        for i in kept
    )


def _role(is_truth: bool, is_called: bool) -> str:
    return "truth" if is_truth else "called" if is_called else "other"


def mistakes_frame(evaluation: Evaluation) -> pd.DataFrame:
    """All mistakes, the most confident first."""
    mistakes = evaluation.confusion.mistakes
    return pd.DataFrame(
        {
            "path": mistakes.paths,
            "truth": mistakes.truth,
            "predicted": mistakes.predicted,
            "confidence": mistakes.confidence,
            "probability_of_truth": mistakes.probability_of_truth,
        }
    )
