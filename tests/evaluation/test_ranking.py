"""ROC and precision-recall figures, DeLong's variance and test."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import mannwhitneyu
from sklearn import metrics
from sklearn.isotonic import IsotonicRegression

from hemoscope.evaluation import delong, precision_recall, roc
from hemoscope.evaluation.ranking import rank, rank_pooled
from hemoscope.evaluation.thinning import thin
from tests.evaluation.steady import steady


def binary(seed, cells=300, ties=False):
    rng = np.random.default_rng(seed)
    positive = rng.random(cells) < 0.3
    score = 1 / (1 + np.exp(-rng.normal(size=cells) - 1.5 * positive))
    return positive, np.round(score, 1) if ties else score


CASES = [binary(seed, ties=ties) for seed in range(4) for ties in (False, True)]
case = pytest.mark.parametrize(("positive", "score"), CASES)
scores = st.lists(st.tuples(st.booleans(), st.integers(0, 6)), min_size=2, max_size=60).filter(
    lambda items: 0 < sum(p for p, _ in items) < len(items)
)


@case
def test_auc_and_average_precision_are_sklearns(positive, score):
    counts = rank(positive, score).counts()
    assert float(roc.roc_auc(*counts)) == pytest.approx(
        metrics.roc_auc_score(positive, score), abs=1e-12
    )
    assert float(precision_recall.average_precision(*counts)) == pytest.approx(
        metrics.average_precision_score(positive, score), abs=1e-12
    )


@case
def test_partial_auc_is_sklearns_before_mcclishs_rescaling(positive, score):
    corrected = metrics.roc_auc_score(positive, score, max_fpr=0.1)
    least, most = 0.5 * 0.1**2, 0.1
    area = least + (2 * corrected - 1) * (most - least)
    ours = float(roc.partial_auc(*rank(positive, score).counts()))
    assert ours == pytest.approx(area / 0.1, abs=1e-12)


@case
@pytest.mark.parametrize("rate", [0.0, 0.01, 0.05, 0.333, 1.0])
def test_sensitivity_at_fpr_is_on_the_roc_curve(positive, score, rate):
    fpr, tpr, _ = metrics.roc_curve(positive, score, drop_intermediate=False)
    expected = np.interp(rate, fpr, tpr)  # takes the upper end of a vertical rise
    ours = float(roc.sensitivity_at_fpr(*rank(positive, score).counts(), rate))
    assert ours == pytest.approx(expected, abs=1e-12)


@steady
@given(scores)
def test_auc_is_mann_whitney(items):
    positive, score = (np.array(column) for column in zip(*items, strict=True))
    statistic = mannwhitneyu(score[positive], score[~positive], method="asymptotic").statistic
    expected = statistic / (positive.sum() * (~positive).sum())
    assert float(roc.roc_auc(*rank(positive, score).counts())) == pytest.approx(expected)


@steady
@given(scores, st.randoms(use_true_random=False))
def test_the_order_of_cells_does_not_matter(items, random):
    shuffled = list(items)
    random.shuffle(shuffled)
    for figure in (roc.roc_auc, roc.partial_auc, precision_recall.average_precision):
        values = [
            float(figure(*rank(*zip(*rows, strict=True)).counts())) for rows in (items, shuffled)
        ]
        assert values[0] == pytest.approx(values[1], abs=1e-12)
        assert -1e-12 <= values[0] <= 1 + 1e-12


def test_perfect_and_constant_scores():
    positive = np.array([True, True, False, False, False])
    perfect, constant = rank(positive, positive).counts(), rank(positive, np.ones(5)).counts()
    assert float(roc.roc_auc(*perfect)) == 1
    assert float(roc.partial_auc(*perfect)) == pytest.approx(1)
    assert float(precision_recall.average_precision(*perfect)) == 1
    assert float(roc.roc_auc(*constant)) == 0.5
    assert float(roc.partial_auc(*constant)) == pytest.approx(0.05)
    assert float(precision_recall.average_precision(*constant)) == pytest.approx(0.4)


def test_pooled_ranking_is_sklearns_micro_average():
    rng = np.random.default_rng(0)
    probabilities = rng.dirichlet(np.ones(4), size=200)
    truth = rng.integers(4, size=200)
    counts = rank_pooled(truth, probabilities).counts()
    onehot = np.eye(4)[truth]
    assert float(roc.roc_auc(*counts)) == pytest.approx(
        metrics.roc_auc_score(onehot, probabilities, average="micro"), abs=1e-12
    )
    assert float(precision_recall.average_precision(*counts)) == pytest.approx(
        metrics.average_precision_score(onehot, probabilities, average="micro"), abs=1e-12
    )


@case
@pytest.mark.parametrize("merge", [True, False])
def test_weights_are_the_same_as_repeating_cells(positive, score, merge):
    rng = np.random.default_rng(1)
    weights = rng.integers(0, 3, size=(len(positive), 5)).astype(float)
    counts = rank(positive, score).weighable(merge=merge).counts(weights)
    figures = {
        roc.roc_auc: roc.roc_auc,
        roc.partial_auc: roc.partial_auc,
        precision_recall.average_precision: precision_recall.average_precision,
        precision_recall.precision_at_recall: precision_recall.precision_at_recall,
    }
    for figure in figures:
        values = figure(*counts)
        for r in range(weights.shape[1]):
            rows = np.repeat(np.arange(len(positive)), weights[:, r].astype(int))
            expected = figure(*rank(positive[rows], score[rows]).counts())
            assert values[r] == pytest.approx(float(expected), abs=1e-12)
    for rate in (0.01, 0.05):
        values = roc.sensitivity_at_fpr(*counts, rate)
        for r in range(weights.shape[1]):
            rows = np.repeat(np.arange(len(positive)), weights[:, r].astype(int))
            expected = roc.sensitivity_at_fpr(*rank(positive[rows], score[rows]).counts(), rate)
            assert values[r] == pytest.approx(float(expected), abs=1e-12)


@case
def test_precision_at_recall_is_torchmetrics(positive, score):
    torch = pytest.importorskip("torch")
    from torchmetrics.functional.classification import binary_precision_at_fixed_recall

    expected, _ = binary_precision_at_fixed_recall(
        torch.tensor(score), torch.tensor(positive).long(), min_recall=0.9
    )
    ours = float(precision_recall.precision_at_recall(*rank(positive, score).counts()))
    assert ours == pytest.approx(float(expected), abs=1e-6)  # torchmetrics computes in float32


@case
def test_operating_points_against_sklearns_curve(positive, score):
    ranking = rank(positive, score)
    counts = (*ranking.counts(), ranking.thresholds)
    precision, recall, thresholds = metrics.precision_recall_curve(positive, score)
    f1 = 2 * precision[:-1] * recall[:-1] / np.maximum(precision[:-1] + recall[:-1], 1e-300)
    best = precision_recall.f1_optimal(*counts)
    assert best.f1 == pytest.approx(f1.max(), abs=1e-12)
    assert best.threshold == thresholds[np.isclose(f1, f1.max(), atol=1e-12)].max()
    assert best.f1 == pytest.approx(metrics.f1_score(positive, score >= best.threshold))
    even = precision_recall.break_even(*counts)
    hits = recall[:-1] > 0
    assert abs(even.precision - even.recall) == pytest.approx(
        np.abs(precision[:-1] - recall[:-1])[hits].min(), abs=1e-12
    )


def test_f1_plateau_in_a_small_case():
    positive = np.array([1, 1, 1, 1, 1, 0, 0], bool)
    score = np.array([0.9, 0.8, 0.7, 0.6, 0.5, 0.4, 0.1])
    ranking = rank(positive, score)
    plateau = precision_recall.f1_plateau(*ranking.counts(), ranking.thresholds)
    assert plateau is not None
    # F1 is 8/9 with four of five, 1 with all five, 10/11 with one false positive, 10/12 with two.
    assert (plateau.low, plateau.high) == (0.4, 0.5)
    none = rank(np.array([True, False, False]), np.array([0.1, 0.5, 0.9]))
    assert precision_recall.f1_plateau(*none.counts(), none.thresholds) is None


@case
def test_prevalence_reweighting_is_sample_weighting(positive, score):
    curve = precision_recall.prevalence_curve(*rank(positive, score).counts())
    assert curve.observed == pytest.approx(positive.mean())
    for share, value in zip(curve.prevalence, curve.average_precision, strict=True):
        weights = np.where(positive, share / positive.mean(), (1 - share) / (1 - positive.mean()))
        expected = metrics.average_precision_score(positive, score, sample_weight=weights)
        assert value == pytest.approx(expected, abs=1e-9)
    assert (np.diff(curve.precision) >= -1e-12).all()


def test_interpolation_error_follows_its_definition():
    positive, score = binary(9)
    falling = np.unique(score)[::-1]
    called = [score >= threshold for threshold in falling]
    points = [(positive[c].sum() / positive.sum(), positive[c].mean()) for c in called]
    last = next(i for i, (r, _) in enumerate(points) if r == 1)
    recall, precision = np.array(points[: last + 1]).T
    fit = IsotonicRegression(increasing=False, out_of_bounds="clip").fit(recall, precision)
    grid = np.linspace(0.01, 1, 100)
    expected = np.abs(np.interp(grid, recall, precision) - fit.predict(grid)).mean()
    ours = precision_recall.interpolation_error(*rank(positive, score).counts())
    assert ours == pytest.approx(expected, abs=1e-9)
    assert ours > 0
    perfect = rank(np.array([True, True, False]), np.array([0.9, 0.8, 0.1]))
    assert precision_recall.interpolation_error(*perfect.counts()) == pytest.approx(0)


def delong_by_definition(positive, score):
    """DeLong's variance from all pairs, as the 1988 paper writes it."""
    x, y = score[positive], score[~positive]
    psi = (x[:, None] > y) + 0.5 * (x[:, None] == y)
    return psi.mean(1).var(ddof=1) / len(x) + psi.mean(0).var(ddof=1) / len(y)


@case
def test_delong_variance_is_that_of_all_pairs(positive, score):
    ours = delong.influence_variance(delong.auc_influence(rank(positive, score)))
    assert ours == pytest.approx(delong_by_definition(positive, score), rel=1e-9)


@steady
@given(scores.filter(lambda items: 2 <= sum(p for p, _ in items) <= len(items) - 2))
def test_delong_variance_holds_with_any_ties(items):
    positive, score = (np.array(column) for column in zip(*items, strict=True))
    ours = delong.influence_variance(delong.auc_influence(rank(positive, score)))
    assert ours == pytest.approx(delong_by_definition(positive, score), abs=1e-12)


def test_delong_test_is_mlstatkits():
    delong_test = pytest.importorskip("MLstatkit").Delong_test
    rng = np.random.default_rng(5)
    positive = rng.random(400) < 0.3
    first, second = (rng.normal(size=400) + gain * positive for gain in (1.5, 1.2))
    aucs = [metrics.roc_auc_score(positive, s) for s in (first, second)]
    one, other = (delong.auc_influence(rank(positive, s)) for s in (first, second))
    ours = delong.delong_test(aucs[0] - aucs[1], one, other)
    z, p = delong_test(positive.astype(int), first, second)[:2]
    assert abs(ours.z) == pytest.approx(abs(z), rel=1e-9)
    assert ours.p == pytest.approx(p, rel=1e-9)


def test_groups_of_one_cell_are_no_groups_but_for_the_small_sample_factor():
    positive, score = binary(2)
    influence = delong.auc_influence(rank(positive, score))
    alone = delong.influence_variance(influence)
    single = delong.influence_variance(influence, np.arange(len(score)))
    assert single == pytest.approx(alone * len(score) / (len(score) - 1))


def test_doubling_every_cell_in_its_group_leaves_the_variance():
    positive, score = binary(2)
    cells = np.arange(len(score))
    once = delong.influence_variance(delong.auc_influence(rank(positive, score)), cells)
    twice = rank(np.tile(positive, 2), np.tile(score, 2))
    doubled = delong.influence_variance(delong.auc_influence(twice), np.tile(cells, 2))
    assert doubled == pytest.approx(once, rel=0.02)  # up to m - 1 against 2 m - 1


def test_delong_needs_two_of_each():
    ranking = rank(np.array([True, False, False]), np.array([0.9, 0.1, 0.2]))
    assert np.isnan(delong.influence_variance(delong.auc_influence(ranking)))


def test_thinning_keeps_corners_and_ends_and_stays_close():
    rng = np.random.default_rng(0)
    x, y = np.sort(rng.random((2, 20_000)), axis=1)
    keep = thin(x, y, most=300)
    assert len(keep) <= 302
    assert (keep[0], keep[-1]) == (0, len(x) - 1)
    assert np.abs(np.interp(x, x[keep], y[keep]) - y).max() < 0.01
    steps = np.repeat(np.arange(4.0), 5)
    assert len(thin(np.arange(20.0), steps)) == 8


def test_degrees_of_freedom_count_the_cells_that_carry_the_variance():
    even = np.full(50, 0.1)
    assert delong.influence_freedom(even) == np.inf
    one = np.zeros(50)
    one[3] = 0.1
    assert delong.influence_freedom(one) == 3
    normal = np.random.default_rng(0).normal(size=20_000)
    assert delong.influence_freedom(normal) == pytest.approx(20_000, rel=0.1)
    assert delong.influence_freedom(normal, np.arange(20_000) // 1000) <= 19
