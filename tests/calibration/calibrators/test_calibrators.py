"""Each calibrator against an implementation that shares no code with it."""

import warnings

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from netcal.binning import IsotonicRegression as NetcalIsotonic
from scipy.optimize import minimize
from scipy.special import softmax
from sklearn.isotonic import IsotonicRegression
from sklearn.metrics import log_loss

from hemoscope.calibration import CalibrationError
from hemoscope.calibration.calibrators import (
    FITTERS,
    ClassTemperature,
    Isotonic,
    Temperature,
    fit_class_temperature,
    fit_isotonic,
    fit_temperature,
)
from hemoscope.predictions import Predictions
from tests.calibration.simulate import CLASSES, drawn

SIZE = len(CLASSES)


def parts(table: Predictions) -> tuple[np.ndarray, np.ndarray]:
    assert table.logits is not None
    return table.logits, table.truth()


def test_the_temperature_is_that_of_a_general_optimiser(overconfident: Predictions):
    logits, truth = parts(overconfident)
    found = minimize(
        lambda t: log_loss(truth, softmax(logits / t[0], axis=1), labels=range(SIZE)),
        [1.0],
        method="Nelder-Mead",
        options={"xatol": 1e-8, "fatol": 1e-12},
    )
    assert fit_temperature(logits, truth).temperature == pytest.approx(found.x[0], rel=1e-5)


def test_the_temperature_of_many_cells_is_the_one_they_were_heated_with():
    assert fit_temperature(*parts(drawn(40_000, temperature=1.7))).temperature == pytest.approx(
        1.7, rel=0.02
    )


def test_the_temperature_is_that_of_netcal(validation: Predictions):
    scaling = pytest.importorskip("netcal.scaling")
    logits, truth = parts(validation)
    theirs = scaling.TemperatureScaling()
    with warnings.catch_warnings():
        warnings.simplefilter("ignore", DeprecationWarning)  # pyro's, within netcal
        theirs.fit(softmax(logits, axis=1), truth)
    ours = fit_temperature(logits, truth).probabilities(logits)
    assert theirs.transform(softmax(logits, axis=1)) == pytest.approx(ours, abs=2e-3)


def test_class_temperatures_are_those_of_a_general_optimiser(overconfident: Predictions):
    logits, truth = parts(overconfident)
    centred = logits - logits.mean(1, keepdims=True)
    found = minimize(
        lambda t: log_loss(truth, softmax(centred / t, axis=1), labels=range(SIZE)),
        np.ones(SIZE),
        method="Powell",
        options={"xtol": 1e-8, "ftol": 1e-14},
    )
    assert fit_class_temperature(logits, truth).temperatures == pytest.approx(found.x, rel=1e-3)


def test_equal_class_temperatures_are_one_temperature(overconfident: Predictions):
    logits, _ = parts(overconfident)
    each, one = ClassTemperature((1.3,) * SIZE), Temperature(1.3)
    assert each.probabilities(logits) == pytest.approx(one.probabilities(logits), abs=1e-12)


@pytest.mark.parametrize("method", FITTERS)
def test_no_method_sees_a_constant_added_to_the_logits_of_a_cell(method: str):
    logits, truth = parts(drawn(600, temperature=2.0))
    moved = logits + np.random.default_rng(0).normal(0, 5, (600, 1))
    same = FITTERS[method](logits, truth).probabilities(logits)
    assert FITTERS[method](moved, truth).probabilities(moved) == pytest.approx(same, abs=1e-5)


def test_isotonic_curves_are_those_of_sklearn_and_netcal(overconfident: Predictions):
    logits, truth = parts(overconfident)
    ours = fit_isotonic(logits, truth)
    stated = softmax(logits, axis=1)
    columns = [
        IsotonicRegression(out_of_bounds="clip").fit(stated[:, c], truth == c).predict(stated[:, c])
        for c in range(SIZE)
    ]
    raised = np.maximum(np.column_stack(columns), 1 / (len(truth) + 2))
    expected = raised / raised.sum(1, keepdims=True)
    assert ours.probabilities(logits) == pytest.approx(expected, abs=1e-12)
    netcal = NetcalIsotonic()
    netcal.fit(stated, truth)
    inside = (np.column_stack(columns) >= 1 / (len(truth) + 2)).all(1)  # the floor plays no part
    assert inside.sum() > 100
    assert netcal.transform(stated)[inside] == pytest.approx(expected[inside], abs=1e-6)


def test_isotonic_never_states_that_a_class_is_impossible():
    fitted = fit_isotonic(*parts(drawn(300, spread=20.0)))
    certain = 100 * np.eye(SIZE) - 50
    assert (fitted.probabilities(certain) > 0).all()


@pytest.mark.parametrize(
    ("logits", "message"),
    [
        (10 * np.eye(SIZE)[np.arange(40) % SIZE], "too few mistakes"),
        (-10 * np.eye(SIZE)[np.arange(40) % SIZE], "say nothing of these cells' classes"),
    ],
)
@pytest.mark.parametrize("method", ["temperature", "class-temperature"])
def test_cells_that_determine_no_temperature_are_refused(method, logits, message):
    with pytest.raises(CalibrationError, match=message):
        FITTERS[method](logits, np.arange(40) % SIZE)


FITTED = {name: fitter(*parts(drawn(500, temperature=2.0))) for name, fitter in FITTERS.items()}


@given(logits=arrays(np.float64, (5, SIZE), elements=st.floats(-500, 500)))
def test_any_logits_become_probabilities(logits: np.ndarray):
    for fitted in FITTED.values():
        stated = fitted.probabilities(logits)
        assert (stated >= 0).all()
        assert stated.sum(1) == pytest.approx(1)


@given(logits=arrays(np.float64, (5, SIZE), elements=st.floats(-50, 50)))
def test_one_temperature_keeps_the_order_of_classes(logits: np.ndarray):
    stated = Temperature(3.0).probabilities(logits)
    higher = logits[:, :, None] > logits[:, None, :]
    assert (stated[:, :, None] >= stated[:, None, :])[higher].all()


def test_curves_that_fall_are_no_isotonic_calibration():
    curve = type(next(iter(_isotonic().curves)))
    with pytest.raises(ValueError, match="must not fall"):
        curve((0.1, 0.5), (0.9, 0.2))


def _isotonic() -> Isotonic:
    fitted = FITTED["isotonic"]
    assert isinstance(fitted, Isotonic)
    return fitted
