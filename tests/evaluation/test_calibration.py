"""Binned calibration errors, Brier scores, divergences."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from netcal.metrics import ECE, MCE
from scipy.stats import entropy
from sklearn.isotonic import isotonic_regression
from sklearn.metrics import brier_score_loss, log_loss

from hemoscope.evaluation import calibration_error
from hemoscope.evaluation.bins import binned, equal_mass_edges, equal_width_edges
from hemoscope.evaluation.brier import brier_score, brier_sum, murphy
from hemoscope.evaluation.reliability import reliability_diagram
from hemoscope.evaluation.scored import Scored
from hemoscope.evaluation.sharpness import mean_confidence, sharpness
from tests.evaluation.steady import steady

forecasts = st.lists(
    st.tuples(st.floats(0, 1, allow_subnormal=False), st.booleans()), min_size=1, max_size=80
)


def forecast(seed=0, cells=500):
    rng = np.random.default_rng(seed)
    stated = rng.beta(2, 1, size=cells)
    return stated, rng.random(cells) < stated**1.5


def columns(items):
    return np.array([s for s, _ in items]), np.array([o for _, o in items])


@pytest.mark.parametrize("bins", [1, 5, 10, 15])
@pytest.mark.parametrize("seed", range(3))
def test_ece_and_mce_are_netcals(bins, seed):
    stated, outcome = forecast(seed)
    counted = binned(stated, outcome, equal_width_edges(bins))
    ece = calibration_error.expected_calibration_error(counted)
    mce, _ = calibration_error.maximum_calibration_error(counted)
    assert ece == pytest.approx(ECE(bins).measure(stated, outcome), abs=1e-9)
    assert mce == pytest.approx(MCE(bins).measure(stated, outcome), abs=1e-9)


def test_ece_is_torchmetrics():
    torch = pytest.importorskip("torch")
    from torchmetrics.functional.classification import multiclass_calibration_error

    rng = np.random.default_rng(2)
    probabilities = rng.dirichlet(np.full(4, 0.3), size=400)
    truth = rng.integers(4, size=400)
    confidence, right = probabilities.max(1), probabilities.argmax(1) == truth
    counted = binned(confidence, right, equal_width_edges(15))
    given = torch.tensor(probabilities), torch.tensor(truth)
    ece = multiclass_calibration_error(*given, num_classes=4, n_bins=15, norm="l1")
    mce = multiclass_calibration_error(*given, num_classes=4, n_bins=15, norm="max")
    ours = calibration_error.expected_calibration_error(counted)
    assert ours == pytest.approx(float(ece), abs=1e-6)  # float32 there
    ours, _ = calibration_error.maximum_calibration_error(counted)
    assert ours == pytest.approx(float(mce), abs=1e-6)


@steady
@given(forecasts, st.integers(1, 20))
def test_ece_is_at_most_mce_and_at_least_the_mean_gap(items, bins):
    stated, outcome = columns(items)
    counted = binned(stated, outcome, equal_width_edges(bins))
    ece = calibration_error.expected_calibration_error(counted)
    mce, worst = calibration_error.maximum_calibration_error(counted)
    assert abs(outcome.mean() - stated.mean()) - 1e-9 <= ece <= mce + 1e-9 <= 1 + 1e-8
    assert counted.count[worst] > 0


@steady
@given(forecasts, st.integers(1, 20))
def test_bins_hold_their_upper_border(items, bins):
    stated, outcome = columns(items)
    edges = equal_width_edges(bins)
    counted = binned(stated, outcome, edges)
    assert counted.count.sum() == len(items)
    low, high = edges[counted.index], edges[counted.index + 1]
    assert ((stated > low) | (stated == 0)).all()
    assert (stated <= high).all()


def test_equal_mass_bins_hold_the_same_number():
    stated, outcome = forecast(1, cells=600)
    counted = binned(stated, outcome, equal_mass_edges(stated, 15))
    assert (counted.count == 40).all()
    parts = np.array_split(np.argsort(stated), 15)
    expected = sum(abs(outcome[p].mean() - stated[p].mean()) for p in parts) / 15
    assert calibration_error.expected_calibration_error(counted) == pytest.approx(
        expected, abs=1e-12
    )
    assert len(equal_mass_edges(np.full(50, 0.7), 10)) == 3


def test_a_perfect_and_a_constant_forecaster():
    outcome = np.array([True, False, True, True])
    perfect = binned(outcome, outcome, equal_width_edges(10))
    assert calibration_error.expected_calibration_error(perfect) == 0
    assert brier_score(outcome, outcome) == 0
    base = np.full(4, 0.75)
    constant = binned(base, outcome, equal_width_edges(10))
    assert calibration_error.expected_calibration_error(constant) == 0
    parts = murphy(brier_score(base, outcome), constant)
    assert parts.score == parts.uncertainty == pytest.approx(0.1875)
    assert parts.resolution == parts.reliability == 0


@pytest.mark.parametrize("seed", range(3))
def test_brier_is_sklearns(seed):
    stated, outcome = forecast(seed)
    expected = brier_score_loss(outcome, stated)
    assert brier_score(stated, outcome) == pytest.approx(expected, abs=1e-12)


@steady
@given(forecasts, st.integers(1, 12))
def test_murphys_parts_add_up_on_binned_forecasts(items, bins):
    stated, outcome = columns(items)
    counted = binned(stated, outcome, equal_width_edges(bins))
    means = (counted.stated / np.maximum(counted.count, 1))[counted.index]
    score = brier_score(means, outcome)
    parts = murphy(score, counted)
    total = parts.reliability - parts.resolution + parts.uncertainty
    assert total == pytest.approx(score, abs=1e-9)
    assert parts.within_bin == pytest.approx(0, abs=1e-9)


def test_murphys_parts_and_the_rest_add_up_always():
    stated, outcome = forecast()
    parts = murphy(brier_score(stated, outcome), binned(stated, outcome, equal_width_edges(10)))
    total = parts.reliability - parts.resolution + parts.uncertainty + parts.within_bin
    assert total == pytest.approx(parts.score, abs=1e-15)
    assert abs(parts.within_bin) > 1e-6


def test_sum_and_class_mean_are_told_apart():
    rng = np.random.default_rng(0)
    probabilities, truth = rng.dirichlet(np.ones(3), size=100), rng.integers(3, size=100)
    edges = equal_width_edges(10)
    parts = [
        murphy(
            brier_score(probabilities[:, c], truth == c),
            binned(probabilities[:, c], truth == c, edges),
        )
        for c in range(3)
    ]
    whole = ((probabilities - np.eye(3)[truth]) ** 2).sum(1).mean()
    assert brier_sum(parts).score == pytest.approx(whole, abs=1e-12)
    assert brier_sum(parts, 1 / 3).score == pytest.approx(whole / 3, abs=1e-12)
    shares = np.bincount(truth) / 100
    assert brier_sum(parts).uncertainty == pytest.approx(1 - (shares**2).sum())


def test_the_papers_uncertainties():
    # FACTS: with the paper's supports the sum over eight classes is 0.856, the mean 0.107.
    supports = np.array([237, 596, 294, 602, 241, 307, 679, 462])
    shares = supports / supports.sum()
    assert round(1 - (shares**2).sum(), 3) == 0.856
    truth = np.repeat(np.arange(8), supports)
    edges, flat = equal_width_edges(10), np.tile(shares, (len(truth), 1))
    parts = [
        murphy(brier_score(flat[:, c], truth == c), binned(flat[:, c], truth == c, edges))
        for c in range(8)
    ]
    assert round(brier_sum(parts).uncertainty, 3) == 0.856
    assert round(brier_sum(parts, 1 / 8).uncertainty, 3) == 0.107


def test_ici_is_the_distance_from_the_isotonic_fit():
    stated, outcome = forecast(3)
    order = np.argsort(stated)
    fitted = isotonic_regression(outcome[order].astype(float))
    expected = np.abs(fitted - stated[order]).mean()
    ours = calibration_error.integrated_calibration_index(stated, outcome)
    assert ours == pytest.approx(expected, abs=1e-9)


def test_divergence_is_scipys_bin_by_bin():
    stated, outcome = forecast(4)
    counted = binned(stated, outcome, equal_width_edges(8))
    held = counted.count > 0
    p = (counted.stated / np.maximum(counted.count, 1))[held]
    q = (counted.observed / np.maximum(counted.count, 1))[held]
    each = [entropy([b, 1 - b], [a, 1 - a]) for a, b in zip(p, q, strict=True)]
    expected = np.average(each, weights=counted.count[held])
    assert calibration_error.calibration_divergence(counted) == pytest.approx(expected, abs=1e-12)
    certain = binned(np.ones(3), np.array([True, False, True]), equal_width_edges(5))
    assert calibration_error.calibration_divergence(certain) == np.inf


def test_diagram_leaves_empty_bins_empty():
    diagram = reliability_diagram(
        binned(np.array([0.05, 0.95, 0.97]), np.array([0, 1, 1]), equal_width_edges(10))
    )
    assert diagram.count.tolist() == [1, 0, 0, 0, 0, 0, 0, 0, 0, 2]
    assert np.isnan(diagram.observed[1:9]).all()
    assert diagram.stated[9] == pytest.approx(0.96)
    assert diagram.low[9] < diagram.observed[9] == diagram.high[9] == 1


def test_sharpness_is_scipys_entropy():
    probabilities = np.random.default_rng(0).dirichlet(np.ones(5), size=50)
    probabilities[0] = [1, 0, 0, 0, 0]
    figures = sharpness(probabilities)
    assert figures.entropy == pytest.approx(entropy(probabilities, axis=1).mean(), abs=1e-12)
    assert sharpness(np.full((3, 5), 0.2)).normalised_entropy == pytest.approx(1)


def test_confidence_when_right_and_wrong():
    figures = mean_confidence([0.9, 0.8, 0.6], [True, True, False])
    assert (figures.right, figures.wrong) == (pytest.approx(0.85), 0.6)
    assert figures.gap == pytest.approx(0.25)
    assert mean_confidence([0.9], [True]).wrong is None


def test_loss_is_sklearns(table):
    scored = Scored.of(table)
    expected = log_loss(scored.truth, scored.probabilities, labels=range(5))
    assert scored.loss.mean() == pytest.approx(expected, abs=1e-9)
