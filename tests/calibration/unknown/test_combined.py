"""The larger of energy and distance, each by what is usual of it."""

import numpy as np
import pytest
from scipy.special import logsumexp

from hemoscope.calibration import CalibrationError, KnownCells
from hemoscope.calibration.unknown import fit_unknown
from hemoscope.calibration.unknown.combined import fit_combined
from hemoscope.calibration.unknown.mahalanobis import fit_mahalanobis
from tests.calibration.unknown.planted import known, logits_of

REFERENCE, KNOWN = known(600, seed=3), known(500, seed=4)


def test_it_is_the_larger_of_both_in_units_of_their_reach():
    measure = fit_combined(REFERENCE)
    energies, usual = (-logsumexp(cells.logits, axis=1) for cells in (KNOWN, REFERENCE))
    nearest = fit_mahalanobis(REFERENCE)
    distances = nearest.score(KNOWN.logits, KNOWN.features)
    near = nearest.score(REFERENCE.logits, REFERENCE.features)
    expected = np.maximum(
        (energies - np.median(usual)) / (np.quantile(usual, 0.99) - np.median(usual)),
        (distances - np.median(near)) / (np.quantile(near, 0.999) - np.median(near)),
    )
    np.testing.assert_allclose(measure.score(KNOWN.logits, KNOWN.features), expected)


def test_it_flags_what_only_one_of_its_parts_can_see():
    fitted = fit_unknown("combined", KNOWN, REFERENCE)
    energy = fit_unknown("energy", KNOWN, REFERENCE)
    # Far beyond every class, but the head is sure: energy has nothing to object.
    far = REFERENCE.features[:50] * 20
    assert (energy.score(logits_of(far), far) > energy.threshold).mean() < 0.1
    assert (fitted.score(logits_of(far), far) > fitted.threshold).all()
    # Where a class is, but the head says nothing: the distance has nothing to object.
    silent = np.full((50, 4), -8.0)
    assert (fitted.score(silent, REFERENCE.features[:50]) > fitted.threshold).all()


def test_cells_that_are_all_alike_are_refused():
    alike = KnownCells(
        KNOWN.classes, np.zeros((40, 4)), np.arange(40) % 4, KNOWN.features[:40], None
    )
    with pytest.raises(CalibrationError, match="all alike"):
        fit_combined(alike)
