"""Separation of scores, and selective classification."""

import numpy as np
import pytest
from scipy.spatial.distance import jensenshannon

from hemoscope.evaluation import selective
from hemoscope.evaluation.ranking import rank
from hemoscope.evaluation.separation import jensen_shannon, score_histogram


def test_divergence_is_the_square_of_scipys_distance():
    rng = np.random.default_rng(0)
    positive = rng.random(400) < 0.3
    scores = np.where(positive, rng.beta(5, 2, 400), rng.beta(2, 5, 400))
    histogram = score_histogram(scores, positive)
    expected = jensenshannon(histogram.positive, histogram.negative, base=2) ** 2
    ours = float(jensen_shannon(histogram.positive, histogram.negative))
    assert ours == pytest.approx(expected, abs=1e-12)
    assert histogram.positive.sum() == positive.sum()
    assert (histogram.negative == np.histogram(scores[~positive], histogram.edges)[0]).all()


def test_divergence_of_equal_disjoint_and_missing_distributions():
    assert float(jensen_shannon([1, 2, 0], [2, 4, 0])) == pytest.approx(0, abs=1e-15)
    assert float(jensen_shannon([3, 0], [0, 9])) == pytest.approx(1)
    assert np.isnan(jensen_shannon([0, 0], [1, 1]))


def counts(confidence, wrong):
    true, false = rank(wrong, confidence).counts()
    return true, true + false


def test_aurc_is_the_mean_of_the_running_error():
    rng = np.random.default_rng(1)
    confidence, wrong = rng.random(300), rng.random(300) < 0.2
    order = np.argsort(-confidence)
    running = np.cumsum(wrong[order]) / np.arange(1, 301)
    assert float(selective.aurc(*counts(confidence, wrong))) == pytest.approx(
        running.mean(), abs=1e-12
    )


def test_aurc_does_not_depend_on_the_order_of_equal_confidences():
    wrong = np.array([True, False, False, True])
    for order in ([0, 1, 2, 3], [1, 2, 3, 0]):
        area = float(selective.aurc(*counts(np.full(4, 0.5), wrong[order])))
        assert area == pytest.approx(0.5)


def test_the_best_ordering_comes_near_the_optimum():
    wrong = np.zeros(20_000, bool)
    wrong[:2000] = True
    area = float(selective.aurc(*counts(np.arange(20_000.0), wrong)))
    assert area == pytest.approx(selective.optimal_aurc(0.1), abs=1e-4)


def test_coverage_at_error_by_brute_force():
    rng = np.random.default_rng(2)
    confidence = np.round(rng.random(400), 2)
    wrong = rng.random(400) < (1 - confidence) / 3
    for error in (0.001, 0.01, 0.05, 0.5):
        met = [
            (confidence >= c).mean()
            for c in np.unique(confidence)
            if wrong[confidence >= c].mean() <= error
        ]
        ours = float(selective.coverage_at_error(*counts(confidence, wrong), error))
        assert ours == pytest.approx(max(met, default=0))


def test_curve_ends_at_full_coverage_and_the_whole_error():
    rng = np.random.default_rng(3)
    confidence, wrong = rng.random(1000), rng.random(1000) < 0.1
    ranking = rank(wrong, confidence)
    curve = selective.risk_coverage_curve(*counts(confidence, wrong), ranking.thresholds)
    assert curve.coverage[-1] == 1
    assert curve.risk[-1] == pytest.approx(wrong.mean())
    assert (np.diff(curve.thresholds) < 0).all()
