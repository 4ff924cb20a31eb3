"""How often the limits hold the truth, over patients whose truth is known."""

from dataclasses import dataclass

import numpy as np
from scipy.stats import beta

from hemoscope.calibration.differential import white_cells
from hemoscope.calibration.differential.count import limits_per_100
from hemoscope.calibration.differential.posterior import draw_shares
from tests.calibration.differential.patients import Patients

AT_ONCE = 25


@dataclass(frozen=True, eq=False)
class Coverage:
    """Of the limits of P patients and C classes.

    Attributes:
        patient: (P, C) whether they hold the patient's true number per 100 white cells.
        cells: (P, C) whether they hold the true number among the cells that were counted.
        counting_alone: (P, C) whether limits that know of no wrong calls (Clopper-Pearson, of the
            share of all cells) hold the patient's share.
        width: (P, C) width, per 100 white cells.
    """

    patient: np.ndarray
    cells: np.ndarray
    counting_alone: np.ndarray
    width: np.ndarray


def coverage_of(
    classes: tuple[str, ...], patients: Patients, rng: np.random.Generator, *, draws: int = 300
) -> Coverage:
    """Limits at 95 % for every patient, and what they hold."""
    white = white_cells(classes)
    limits = []
    for start in range(0, len(patients.called), AT_ONCE):
        rows = slice(start, start + AT_ONCE)
        called = patients.called[rows]
        shares = draw_shares(
            called, np.zeros_like(called), patients.confusion[rows], draws=draws, rng=rng
        )
        limits.append(limits_per_100(shares, white, called, 0.95)[1:])
    low, high = np.concatenate(limits, axis=1)
    truth = 100 * patients.shares / patients.shares[:, white].sum(1, keepdims=True)
    among = 100 * patients.true / patients.true[:, white].sum(1, keepdims=True)
    x, n = patients.called, patients.called.sum(1, keepdims=True)
    least = np.where(x == 0, 0, beta.ppf(0.025, np.maximum(x, 1), n - x + 1))
    most = np.where(x == n, 1, beta.ppf(0.975, x + 1, np.maximum(n - x, 1)))
    return Coverage(
        patient=(low <= truth) & (truth <= high),
        cells=(low <= among) & (among <= high),
        counting_alone=(least <= patients.shares) & (patients.shares <= most),
        width=high - low,
    )
