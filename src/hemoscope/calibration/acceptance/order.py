"""The order in which thresholds are tested, chosen on cells that take no part in the tests."""

import numpy as np
from scipy.special import softmax

from hemoscope.calibration.acceptance.binomial import error_p_value
from hemoscope.calibration.arrays import Array, Indices
from hemoscope.calibration.calibrators import fit_temperature
from hemoscope.calibration.errors import CalibrationError


def testing_order(logits: Array, truth: Indices, tested: int, max_error: float) -> Array:
    """(k,) falling confidences to test one after another; the last is 0, "every cell".

    It begins where the test is expected to be most significant, going by the errors that the
    scouts' calibrated probabilities predict: at a stricter threshold too few cells are accepted,
    at a looser one too many errors. A bad guess costs power, never the guarantee.

    Args:
        logits: (m, C) of the scouts.
        truth: (m,) their class indices.
        tested: Number of cells that will be tested.
        max_error: The error rate to be shown, in (0, 1).
    """
    confidence = softmax(logits, axis=1).max(1)
    order = np.argsort(-confidence, kind="stable")
    accepted = np.arange(1, len(order) + 1) * tested / len(order)
    errors = np.cumsum(_expected_errors(logits, truth)[order]) * tested / len(order)
    start = int(np.argmin(error_p_value(errors, accepted, max_error)))
    return np.append(np.unique(confidence[order[start:]])[::-1], 0.0)


def _expected_errors(logits: Array, truth: Indices) -> Array:
    """(m,) probability that each scout is called wrong, by a temperature fitted on the scouts."""
    try:
        stated = fit_temperature(logits, truth).probabilities(logits)
    except CalibrationError:  # hardly an error among the scouts: go by the model's own word
        stated = softmax(logits, axis=1)
    return (1 - stated.max(1)).clip(0, 1 - 1e-9)
