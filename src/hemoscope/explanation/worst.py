"""The mistakes that a model was surest of, out of a predictions table."""

import numpy as np

from hemoscope.cells import CellTable
from hemoscope.explanation.errors import ExplanationError
from hemoscope.predictions import Predictions


def worst_mistakes(table: CellTable, predictions: Predictions, count: int) -> CellTable:
    """The cells of a table that were called wrong with the highest confidence, surest first.

    Args:
        table: Where the pictures are; cells are matched by path.
        predictions: With labels, which the returned cells get.
        count: At most so many.

    Raises:
        PredictionsError: The predictions have no labels.
        ExplanationError: They hold no mistake, or none of the mistakes is among the cells.
    """
    wrong = np.flatnonzero(predictions.predicted != predictions.truth())
    if not len(wrong):
        raise ExplanationError(
            f"there is no mistake among the {len(predictions)} predictions, so there is none to "
            "explain."
        )
    order = wrong[np.argsort(-predictions.confidence[wrong], kind="stable")]
    places = {str(path): row for row, path in enumerate(table.paths)}
    found = [row for row in order if str(predictions.paths[row]) in places][:count]
    if not found:
        raise ExplanationError(
            f"none of the {len(wrong)} mistakes is among the {len(table)} images: the first, "
            f"{predictions.paths[order[0]]}, is not there. Name the SOURCE that was predicted."
        )
    cells = table.take([places[str(predictions.paths[row])] for row in found])
    truth = predictions.truth()
    return cells.with_column("label", [predictions.classes[truth[row]] for row in found])
