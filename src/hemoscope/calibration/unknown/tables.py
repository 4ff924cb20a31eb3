"""Known and unknown cells from predictions tables, with the features that lie beside them."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemoscope.calibration.arrays import scores_of
from hemoscope.calibration.errors import CalibrationError
from hemoscope.calibration.unknown.known_cells import KnownCells
from hemoscope.calibration.unknown.trials import UnknownCells
from hemoscope.cell_set import CellSet
from hemoscope.features import Features, features_beside
from hemoscope.predictions import Predictions


def known_from_table(table: Path, features: Path | None = None) -> KnownCells:
    """The labelled cells of a table.

    Args:
        table: A predictions table.
        features: Their features; by default those beside the table, or none if there are none.

    Raises:
        PredictionsError: The table cannot be read, or has no labels.
        FeaturesError: The features were named and are not there, or are of other cells.
    """
    predictions = Predictions.read(table)
    return KnownCells.of(predictions, _features(predictions, table, features))


def unknown_from_table(table: Path, like: Predictions) -> UnknownCells:
    """The cells of a table, which are of none of the classes; labels are not looked at.

    Args:
        table: A predictions table, with the features beside it, or without.
        like: A table by the same model.

    Raises:
        PredictionsError: The table cannot be read.
        CalibrationError: Another model made it.
        FeaturesError: The features are of other cells.
    """
    predictions = Predictions.read(table)
    check_same_model(predictions, like, table)
    if len(predictions) == 0:
        raise CalibrationError(f"{table} has no cells.")
    return UnknownCells(scores_of(predictions), _features(predictions, table, None))


def check_same_model(predictions: Predictions, like: Predictions, table: Path) -> None:
    """Stops if two tables cannot be of one model.

    Raises:
        CalibrationError: Their classes, or the model files in their provenance, differ.
    """
    if predictions.classes != like.classes:
        raise CalibrationError(
            f"{table} has the classes {', '.join(predictions.classes)}; the validation cells have "
            f"{', '.join(like.classes)}. Use tables of one model."
        )
    if predictions.provenance.get("sha256") != like.provenance.get("sha256"):
        raise CalibrationError(
            f"{table} was not made by the model file that made the validation predictions (their "
            "SHA-256 differ). Predict both with the same model."
        )


def check_other_cells(reference: Predictions, known: Predictions, table: Path) -> None:
    """Stops if a measure would be fitted on cells that are to set its threshold.

    A measure finds the cells that it was fitted on too familiar, and the threshold comes out low.

    Raises:
        CalibrationError: Some cells stand in both tables.
    """
    both = int(CellSet.of(known).holds(reference).sum())
    if both:
        raise CalibrationError(
            f"{both:,} of the {len(reference):,} cells of {table} are validation cells, too. Name "
            "other cells of the known classes, such as the training cells, or none: then half of "
            "the validation cells is spent on the score."
        )


def _features(
    predictions: Predictions, table: Path, named: Path | None
) -> NDArray[np.float32] | None:
    file = named or features_beside(table)
    if named is None and not file.is_file():
        return None
    return Features.read(file).of(predictions)
