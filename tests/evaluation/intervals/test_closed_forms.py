"""Intervals that need no resampling, and the limits taken from resamples."""

from typing import Any

import numpy as np
import pytest
from scipy.stats import beta, norm
from statsmodels.stats.proportion import proportion_confint

from hemoscope.evaluation.intervals.auc import logit_limits, newcombe_limits
from hemoscope.evaluation.intervals.exact import upper_limit
from hemoscope.evaluation.intervals.percentile import basic_limits, percentile_limits
from hemoscope.evaluation.intervals.wilson import clustered_wilson_limits, wilson_limits


@pytest.mark.parametrize(("hits", "trials"), [(0, 10), (3, 10), (10, 10), (3338, 3418)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_wilson_is_statsmodels(hits, trials, level):
    expected: Any = proportion_confint(hits, trials, alpha=1 - level, method="wilson")
    np.testing.assert_allclose(wilson_limits(hits, trials, level), expected, atol=1e-12)


@pytest.mark.parametrize(("hits", "trials"), [(0, 0), (0, 10), (3, 900), (10, 10), (3338, 3418)])
@pytest.mark.parametrize("level", [0.9, 0.95])
def test_the_exact_limit_is_a_quantile_of_beta(hits, trials, level):
    limit = upper_limit(hits, trials, level)
    if hits == trials:
        assert limit == 1
    else:
        assert limit == pytest.approx(beta.ppf(level, hits + 1, trials - hits), abs=1e-10)


def test_wilson_without_trials_is_nan():
    assert np.isnan(wilson_limits(0, 0)).all()


def test_clusters_of_one_are_nearly_wilson():
    rng = np.random.default_rng(0)
    hits = rng.random(2000) < 0.9
    ones = clustered_wilson_limits(hits, np.ones(2000), np.arange(2000))
    np.testing.assert_allclose(ones, wilson_limits(hits.sum(), 2000), atol=2e-4)


def test_identical_cells_in_a_cluster_count_once():
    rng = np.random.default_rng(1)
    hits = rng.random(200) < 0.8
    tenfold = clustered_wilson_limits(np.repeat(hits, 10), np.ones(2000), np.arange(2000) // 10)
    alone = clustered_wilson_limits(hits, np.ones(200), np.arange(200))
    np.testing.assert_allclose(tenfold, alone, atol=1e-9)


def test_without_failures_each_cluster_counts_once():
    groups = np.arange(100) // 10
    low, high = clustered_wilson_limits(np.ones(100), np.ones(100), groups)
    assert high == 1
    assert 0.6 < low < wilson_limits(10, 10)[0]  # Student's t is wider than the normal


@pytest.mark.parametrize("hits", [25, 29, 50, 57])
def test_clusters_of_one_share_each_count_once(hits):
    clusters, groups = 20, np.repeat(np.arange(20), 100)
    success = np.tile(np.arange(100) < hits, clusters)
    low, high = clustered_wilson_limits(success, np.ones(2000), groups)
    assert low < hits / 100 < high
    assert high - low > 0.3


def test_one_cluster_has_no_interval():
    assert np.isnan(clustered_wilson_limits(np.ones(5), np.ones(5), np.zeros(5, int))).all()


def test_logit_limits_by_the_delta_method():
    low, high = logit_limits(0.99, 0.002**2)
    half = norm.ppf(0.975) * 0.002 / (0.99 * 0.01)
    odds = np.log(0.99 / 0.01)
    np.testing.assert_allclose(
        [np.log(low / (1 - low)), np.log(high / (1 - high))], [odds - half, odds + half]
    )
    assert 0 < low < 0.99 < high < 1


@pytest.mark.parametrize("auc", [0.5, 0.8, 0.99, 1.0, 0.0])
def test_newcombes_limits_solve_his_equation(auc):
    m, n = 30, 200
    z = norm.ppf(0.975)
    for theta in newcombe_limits(auc, m, n):
        star = (m + n) / 2 - 1
        shape = 1 + star * ((1 - theta) / (2 - theta) + theta / (1 + theta))
        se = np.sqrt(theta * (1 - theta) * shape / (m * n))
        if 0 < theta < 1:
            assert abs(auc - theta) == pytest.approx(z * se, abs=1e-6)


def test_newcombe_at_perfect_separation_tightens_with_cells():
    few, many = newcombe_limits(1.0, 5, 20), newcombe_limits(1.0, 200, 2000)
    assert few[1] == many[1] == 1
    assert 0.5 < few[0] < many[0] < 1


def test_percentiles_are_numpys():
    values = np.random.default_rng(0).normal(size=1000)
    assert percentile_limits(values) == pytest.approx(tuple(np.quantile(values, [0.025, 0.975])))
    low, high = basic_limits(0.5, values)
    assert (low, high) == pytest.approx(tuple(1 - np.quantile(values, [0.975, 0.025])))


def test_degenerate_and_missing_resamples_give_a_reason():
    assert "same value" in percentile_limits(np.ones(100))
    mostly = np.concatenate([np.arange(80.0), np.full(20, np.nan)])
    assert "exists in 80 of 100 resamples" in percentile_limits(mostly)
    assert isinstance(basic_limits(1.0, np.ones(100)), str)
