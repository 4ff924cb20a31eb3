"""Every bound is tried on random predictions: no real model may break one."""

from dataclasses import dataclass
from fractions import Fraction
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from numpy.typing import NDArray
from scipy.special import softmax
from scipy.stats import entropy
from sklearn.metrics import brier_score_loss, roc_auc_score, roc_curve

from hemoscope.claims.arithmetic import bounds
from hemoscope.claims.interval import Interval

CLASSES = 8
CELLS = 80
ROUNDING = 1e-9


@dataclass(frozen=True)
class Opinions:
    """Random probabilities, some sure and some not, and labels that mostly fit them."""

    probabilities: NDArray[np.float64]
    labels: NDArray[np.int64]

    @property
    def confidence(self) -> NDArray[np.float64]:
        return self.probabilities.max(axis=1)

    @property
    def hits(self) -> NDArray[np.bool_]:
        return self.probabilities.argmax(axis=1) == self.labels

    @property
    def accuracy(self) -> float:
        return float(self.hits.mean())

    @property
    def when_right(self) -> float:
        return float(self.confidence[self.hits].mean())

    @property
    def when_wrong(self) -> float:
        return float(self.confidence[~self.hits].mean())

    @property
    def one_hot(self) -> NDArray[np.float64]:
        return np.eye(CLASSES)[self.labels]


@st.composite
def opinions(draw: st.DrawFn) -> Opinions:
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    sharpness = draw(st.floats(0.2, 12))
    probabilities = softmax(rng.normal(size=(CELLS, CLASSES)) * sharpness, axis=1)
    labels = probabilities.argmax(axis=1)
    strays = rng.random(CELLS) < draw(st.floats(0.05, 0.9))
    labels[strays] = rng.integers(0, CLASSES, strays.sum())
    # At least one right and one wrong, so that both means exist.
    labels[:2] = probabilities[:2].argmax(axis=1)
    labels[1] = (labels[1] + 1) % CLASSES
    return Opinions(probabilities, labels)


def exactly(value: float) -> Interval:
    return Interval.exactly(Fraction(value))


def ece(opinion: Opinions, bins: int = 10) -> float:
    which = np.minimum((opinion.confidence * bins).astype(int), bins - 1)
    gaps = opinion.hits - opinion.confidence
    return sum(abs(gaps[which == b].sum()) for b in range(bins)) / len(gaps)


def class_ece(opinion: Opinions, k: int, bins: int = 10) -> float:
    scores = opinion.probabilities[:, k]
    which = np.minimum((scores * bins).astype(int), bins - 1)
    gaps = (opinion.labels == k) - scores
    return sum(abs(gaps[which == b].sum()) for b in range(bins)) / len(gaps)


@given(opinions())
@settings(max_examples=25, deadline=None)
def test_mean_confidence_is_that_of_all_cells(opinion):
    got = bounds.mean_confidence(
        exactly(opinion.accuracy), exactly(opinion.when_right), exactly(opinion.when_wrong)
    )
    assert float(got.low) == pytest.approx(opinion.confidence.mean())


@given(opinions(), st.integers(1, 40))
@settings(max_examples=25, deadline=None)
def test_ece_is_never_less_than_the_bound(opinion, bins):
    least = bounds.least_ece(exactly(opinion.accuracy), exactly(opinion.confidence.mean()))
    assert ece(opinion, bins) >= float(least) - ROUNDING


def test_the_bound_on_ece_is_zero_where_the_two_may_be_equal():
    assert bounds.least_ece(Interval.printed("0.94"), Interval.printed("0.943")) == 0


def test_the_paper_own_figures_give_0_0391():
    confidence = bounds.mean_confidence(
        *(Interval.printed(text) for text in ("0.9766", "0.943", "0.683"))
    )
    least = bounds.least_ece(Interval.printed("0.9766"), confidence)
    assert float(least) == pytest.approx(0.0391, abs=5e-5)


@given(opinions(), st.sampled_from([0.3, 0.5, 0.7, 0.9]))
@settings(max_examples=25, deadline=None)
def test_as_many_cells_lie_above_an_edge_as_the_mean_needs(opinion, edge):
    needed = bounds.least_share_above(Fraction(opinion.confidence.mean()), Fraction(edge))
    assert np.mean(opinion.confidence > edge) >= float(needed) - ROUNDING


@given(opinions())
@settings(max_examples=25, deadline=None)
def test_brier_scores_of_the_classes_stay_under_both_caps(opinion):
    summed = ((opinion.probabilities - opinion.one_hot) ** 2).mean(axis=0).sum()
    accuracy = Fraction(opinion.accuracy)
    cap = bounds.brier_sum_cap(accuracy, Fraction(opinion.when_right), Fraction(opinion.when_wrong))
    assert summed <= float(cap) + ROUNDING
    assert summed <= float(bounds.brier_sum_cap_from_ece(accuracy, Fraction(ece(opinion)))) + 1e-9


@given(opinions())
@settings(max_examples=25, deadline=None)
def test_the_mean_class_ece_stays_under_its_cap(opinion):
    mean = np.mean([class_ece(opinion, k) for k in range(CLASSES)])
    cap = bounds.class_ece_mean_cap(
        Fraction(opinion.accuracy), Fraction(opinion.when_right), CLASSES
    )
    assert mean <= float(cap) + ROUNDING


@given(opinions())
@settings(max_examples=25, deadline=None)
def test_mean_entropy_stays_under_its_cap(opinion):
    mean = entropy(opinion.probabilities, axis=1).mean()
    assert mean <= bounds.entropy_cap(float(opinion.confidence.mean()), CLASSES) + ROUNDING


def test_the_entropy_cap_is_reached_by_an_even_rest():
    probabilities = [0.86] + [0.02] * 7
    assert bounds.entropy_cap(0.86, 8) == pytest.approx(entropy(probabilities))


@given(opinions())
@settings(max_examples=25, deadline=None)
def test_cross_entropy_is_never_less_than_the_bound(opinion):
    loss = -np.log(opinion.probabilities[np.arange(CELLS), opinion.labels]).mean()
    least = bounds.least_cross_entropy(opinion.accuracy, opinion.when_right, opinion.when_wrong)
    assert loss >= least - ROUNDING


@given(opinions(), st.floats(1.01, 5))
@settings(max_examples=25, deadline=None)
def test_a_temperature_above_one_lowers_every_confidence(opinion, temperature):
    cooled = softmax(np.log(opinion.probabilities) / temperature, axis=1)
    assert np.all(cooled.max(axis=1) <= opinion.confidence + ROUNDING)


def test_uncertainty_is_that_of_a_forecast_of_the_prevalences():
    supports = [237, 596, 294, 602, 241, 307, 679, 462]
    labels = np.repeat(np.arange(8), supports)
    shares = np.array(supports) / sum(supports)
    scores = [brier_score_loss(labels == k, np.full(len(labels), shares[k])) for k in range(8)]
    found = bounds.brier_uncertainty(supports)
    assert float(found["summed over classes"]) == pytest.approx(sum(scores))
    assert float(found["mean over classes"]) == pytest.approx(np.mean(scores))


@given(st.integers(0, 2**31))
@settings(max_examples=25, deadline=None)
def test_auc_partial_auc_and_sensitivity_of_one_curve_fit(seed):
    rng = np.random.default_rng(seed)
    labels = np.repeat([0, 1], [200, 60])
    scores = rng.normal(size=260) + labels * rng.uniform(0, 4)
    rates, hits, _ = roc_curve(labels, scores, drop_intermediate=False)
    grid = np.unique(np.append(rates[rates <= 0.1], [0, 0.01, 0.1]))
    curve = np.interp(grid, rates, hits)
    partial = np.trapezoid(curve, grid) / 0.1
    allowed = bounds.auc_range(exactly(min(partial, 1.0)), Fraction(1, 10))
    auc = roc_auc_score(labels, scores)
    assert float(allowed.low) - 1e-9 <= auc <= float(allowed.high) + 1e-9
    at_rate = exactly(float(np.interp(0.01, grid, curve)))
    least = bounds.least_partial_auc(at_rate, Fraction(1, 100), Fraction(1, 10))
    assert partial >= float(least) - 1e-9


def test_two_nats_bounds_agree_with_their_closed_forms():
    assert bounds.entropy_cap(0.5, 2) == pytest.approx(log(2))
    assert bounds.least_cross_entropy(1.0, 0.5, 0.5) == pytest.approx(log(2))
