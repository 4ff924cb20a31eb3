"""Arrays that pass between the steps, and what every step takes from a predictions table."""

import numpy as np
from numpy.typing import NDArray

from hemoscope.calibration.errors import CalibrationError
from hemoscope.cell_set import PROVENANCE_KEY
from hemoscope.predictions import Predictions

Array = NDArray[np.float64]
Indices = NDArray[np.intp]
Flags = NDArray[np.bool_]

LEAST_PROBABILITY = 1e-12  # a 0 in a table of probabilities was rounded away; its log is taken here


def refuse_not_finite(values: Array, what: str) -> None:
    """Makes sure that every value of (n, …) can be reckoned with.

    Args:
        values: A row a cell.
        what: Their name, in the plural.

    Raises:
        CalibrationError: One is not finite; the message tells the row.
    """
    if not np.isfinite(values).all():
        row = int(np.argwhere(~np.isfinite(values))[0][0])
        raise CalibrationError(f"the {what} of row {row} are not finite. Predict it again.")


def scores_of(predictions: Predictions) -> Array:
    """(n, C) logits; where a table has only probabilities, their logarithms.

    Softmax turns both into the same probabilities. A stated 0 counts as 1e-12.

    Raises:
        CalibrationError: A calibration was applied to the table already.
    """
    if PROVENANCE_KEY in predictions.provenance:
        raise CalibrationError(
            "these predictions are calibrated already (their provenance says so). "
            "Hand in the table that the model wrote."
        )
    if predictions.logits is not None:
        return predictions.logits
    return np.log(np.maximum(predictions.probabilities, LEAST_PROBABILITY))
