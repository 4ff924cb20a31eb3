"""How good a calibrator is on cells it was not fitted on: figures by cross-validation."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np

from hemoscope.calibration.arrays import Array, Indices
from hemoscope.calibration.calibrators import Calibrator

BINS = 15


@dataclass(frozen=True)
class Figures:
    """What a calibration is judged by; lower is better.

    Attributes:
        nll: Mean negative log-likelihood of the true class, nats.
        ece: Expected calibration error of the confidence, 15 bins of equal width.
        brier: Brier score, summed over classes.
    """

    nll: float
    ece: float
    brier: float


def held_out(
    fitter: Callable[[Array, Indices], Calibrator], logits: Array, truth: Indices, part: Indices
) -> Array:
    """(n, C) probabilities of each cell, by a calibrator fitted on all the other parts."""
    probabilities = np.empty_like(logits)
    for index in np.unique(part):
        out = part == index
        probabilities[out] = fitter(logits[~out], truth[~out]).probabilities(logits[out])
    return probabilities


def losses(probabilities: Array, truth: Indices) -> Array:
    """(n,) negative log-likelihood of the true class, nats."""
    stated = probabilities[np.arange(len(truth)), truth]
    return -np.log(np.maximum(stated, np.finfo(np.float64).tiny))


def figures(probabilities: Array, truth: Indices) -> Figures:
    """The three figures of a table of probabilities."""
    from hemoscope.evaluation.bins import binned, equal_width_edges  # noqa: PLC0415 (reading a calibration needs none of it)
    from hemoscope.evaluation.calibration_error import expected_calibration_error  # noqa: PLC0415

    right = probabilities.argmax(1) == truth
    bins = binned(probabilities.max(1), right, equal_width_edges(BINS))
    outcome = np.eye(probabilities.shape[1])[truth]
    return Figures(
        nll=float(losses(probabilities, truth).mean()),
        ece=expected_calibration_error(bins),
        brier=float(((probabilities - outcome) ** 2).sum(1).mean()),
    )


def standard_error(values: Array, groups: Indices | None) -> float:
    """Standard error of a mean over cells; the cells of a group count as dependent."""
    centred = values - values.mean()
    sums = centred if groups is None else np.bincount(groups, centred)
    units = len(sums)
    return float(np.sqrt((sums**2).sum() * units / (units - 1)) / len(centred))
