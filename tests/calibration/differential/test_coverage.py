"""What the limits promise, over patients whose truth is known (table: docs/calibration.md)."""

import numpy as np
import pytest

from hemoscope.calibration.differential import Confusion
from hemoscope.predictions import Predictions
from tests.calibration.differential.coverage import coverage_of
from tests.calibration.differential.patients import draw_patients


@pytest.mark.slow
@pytest.mark.parametrize("cells", [100, 200, 400])
def test_the_limits_hold_the_patients_truth(validation: Predictions, cells: int):
    """Of 1,000 patients, in 94 to 96 % over all classes, as they were asked to."""
    rng = np.random.default_rng(cells)
    patients = draw_patients(validation.classes, Confusion.of(validation), 1000, cells, rng)
    found = coverage_of(validation.classes, patients, rng)
    print(f"\n{cells} cells: {found.patient.mean():.4f}", dict(zip(
        validation.classes, found.patient.mean(0).round(4).tolist(), strict=True)))  # fmt: skip
    print(f"counting alone: {found.counting_alone.mean():.4f}")
    assert 0.94 <= found.patient.mean() <= 0.96
    assert (found.patient.mean(0) > 0.90).all()
    assert found.counting_alone.mean() < found.patient.mean()


def test_a_few_patients(validation: Predictions):
    rng = np.random.default_rng(0)
    patients = draw_patients(validation.classes, Confusion.of(validation), 40, 200, rng)
    assert (patients.called.sum(1) == 200).all()
    assert (patients.true.sum(1) == 200).all()
    found = coverage_of(validation.classes, patients, rng, draws=200)
    assert 0.9 < found.patient.mean() < 0.99
