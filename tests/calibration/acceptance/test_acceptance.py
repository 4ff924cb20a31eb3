from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import binom

from hemoscope.calibration import CalibrationError, accept
from hemoscope.calibration.acceptance.binomial import cells_needed, error_p_value
from hemoscope.calibration.acceptance.order import testing_order as order_of_thresholds
from hemoscope.errors import UsageError
from hemoscope.evaluation.intervals.exact import upper_limit
from hemoscope.predictions import Predictions
from tests.calibration.simulate import CLASSES, drawn


@given(
    cells=st.integers(1, 3000), share=st.floats(0, 1), rate=st.floats(0.0005, 0.5),
    confidence=st.floats(0.5, 0.999),
)  # fmt: skip
def test_p_value_and_limit_agree_and_are_exact(cells, share, rate, confidence):
    errors = int(share * (cells - 1))
    p_value = float(error_p_value(errors, cells, rate))
    assert p_value == pytest.approx(binom.cdf(errors, cells, rate), abs=1e-10)
    limit = upper_limit(errors, cells, confidence)
    if abs(p_value - (1 - confidence)) > 1e-9:
        assert (p_value < 1 - confidence) == (limit < rate)


@pytest.mark.parametrize(
    ("max_error", "confidence", "errors", "cells"),
    [(0.001, 0.95, 0, 2995), (0.005, 0.95, 0, 598), (0.005, 0.95, 1, 947), (0.5, 0.5, 0, 1)],
)
def test_how_many_cells_it_takes(max_error, confidence, errors, cells):
    assert cells_needed(max_error, confidence, errors) == cells
    assert binom.cdf(errors, cells, max_error) <= 1 - confidence
    assert cells == 1 or binom.cdf(errors, cells - 1, max_error) > 1 - confidence


def test_the_order_begins_where_something_can_be_shown(validation: Predictions):
    logits = validation.logits
    assert logits is not None
    order = order_of_thresholds(logits[::5], validation.truth()[::5], 1366, 0.005)
    assert (np.diff(order) < 0).all()
    assert order[-1] == 0
    assert (validation.confidence >= order[0]).mean() * 1366 > cells_needed(0.005, 0.95)


def test_a_certified_threshold_on_real_cells(validation: Predictions):
    found = accept(validation, 0.01)
    assert found.threshold is not None
    assert found.error_limit <= 0.01
    assert (found.scouts, found.tested) == (342, 1366)
    assert found.accepts(validation.logits if validation.logits is not None else []).mean() > 0.9
    assert "holds at 95 % confidence" in found.describe()
    assert f"of a confidence of {found.threshold:.6g} or more" in found.describe()
    nearly_one = replace(found, threshold=0.99999987)
    assert "of a confidence of 0.99999987 or more" in nearly_one.describe()


def test_too_few_cells_certify_nothing_and_say_how_many_it_takes(validation: Predictions):
    found = accept(validation, 0.001)
    assert found.threshold is None
    assert not found.accepts(np.eye(8)).any()
    assert found.describe() == (
        "no threshold can be certified for an error of at most 0.1 % at 95 % confidence. It takes "
        "at least 2,995 accepted cells without a single error, and 1,366 could be tested. Use a "
        "table of 3,744 cells or more (a fifth of them chooses where testing begins), or allow a "
        "larger error."
    )


def test_too_many_errors_certify_nothing():
    found = accept(drawn(2000, spread=0.5), 0.02)
    assert found.threshold is None
    assert found.errors > 0
    assert "surest tested cells were called wrong; with that many errors" in found.describe()


def population(kind: str, seed: int) -> Predictions:
    """40,000 cells; in "traps" the surest cells are wrong far more often than the next ones."""
    table = drawn(40_000, seed=seed, spread=8.0, temperature=1.5)
    if kind == "calibrated":
        return table
    truth = table.truth()
    surest = np.flatnonzero(table.confidence > np.quantile(table.confidence, 0.9))
    swapped = np.random.default_rng(seed).choice(surest, 200, replace=False)
    truth[swapped] = (truth[swapped] + 1) % len(CLASSES)
    return Predictions.from_logits(
        list(table.paths),
        CLASSES,
        table.logits if table.logits is not None else [],
        labels=[CLASSES[c] for c in truth],
    )


@pytest.mark.slow
@pytest.mark.parametrize("kind", ["calibrated", "traps"])
@pytest.mark.parametrize("max_error", [0.01, 0.03])
def test_the_guarantee_holds_in_simulation(kind: str, max_error: float):
    """Samples from a known population: the accepted cells' true error is too high in ≤ 10 %."""
    whole = population(kind, seed=5)
    wrong = whole.predicted != whole.truth()
    rng = np.random.default_rng(0)
    samples, violations, certified = 300, 0, 0
    for seed in range(samples):
        found = accept(
            whole.take(rng.integers(0, 40_000, 1500).tolist()), max_error, 0.9, seed=seed
        )
        if found.threshold is not None:
            certified += 1
            violations += bool(wrong[whole.confidence >= found.threshold].mean() > max_error)
    print(f"{kind}, {max_error:.0%}: {certified} certified, {violations} of {samples} violated")
    assert violations <= binom.ppf(0.999, samples, 0.1)
    if kind == "calibrated":
        assert certified > samples / 2  # a method that never certifies would hold as well


@given(
    seed=st.integers(0, 10_000), cells=st.integers(5, 400), spread=st.floats(0.1, 10),
    max_error=st.floats(0.001, 0.6), confidence=st.floats(0.5, 0.999),
)  # fmt: skip
def test_whatever_is_certified_passes_the_exact_test(seed, cells, spread, max_error, confidence):
    table = drawn(cells, seed=seed, spread=spread)
    found = accept(table, max_error, confidence, seed=seed)
    assert found.scouts + found.tested == cells
    assert found.errors <= found.accepted <= found.tested
    shown = binom.cdf(found.errors, found.accepted, max_error) <= (1 - confidence) * (1 + 1e-9)
    if found.threshold is not None:
        assert found.accepted > 0
        assert shown
    assert found.describe()


def test_copies_of_a_cell_in_one_group_count_once():
    found = accept(drawn(2000, group_size=4, spread=8.0), 0.1)
    assert found.scouts + found.tested == 500


def test_rates_out_of_range_and_few_cells_are_refused():
    with pytest.raises(UsageError, match="max_error is 0; it is a share between 0 and 1"):
        accept(drawn(50), 0)
    with pytest.raises(UsageError, match="confidence is 95"):
        accept(drawn(50), 0.01, 95)
    with pytest.raises(CalibrationError, match="4 cells cannot be dealt into 5 parts"):
        accept(drawn(4), 0.01)
