"""The sets' coverage on real cells is what theory gives.

Validation and test predictions are pooled here, and only here, to check a guarantee that holds
for random splits of any pool. Nothing is chosen or fitted for later use.

A random split of a fixed pool without ties covers a Beta-binomial number of cells exactly, and
splits are independent of each other. So 200 of them can be tested against that distribution.
"""

import numpy as np
import pytest
from scipy.stats import chisquare, norm

from hemoscope.calibration import Aps, Lac, Raps, conformalise
from hemoscope.calibration.arrays import scores_of
from hemoscope.calibration.conformal import coverage_distribution
from hemoscope.calibration.conformal.scores import Score
from hemoscope.predictions import Predictions

SPLITS, FITTED, ALPHAS = 200, 1708, (0.1, 0.05, 0.01)
CASES = [
    pytest.param(Lac(), False, id="LAC"),
    pytest.param(Aps(), True, id="APS, randomised"),
    pytest.param(Raps(), True, id="RAPS, randomised"),
]


def covered(
    pool: Predictions, alpha: float, score: Score, *, randomised: bool, by_class: bool = False
) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """(splits, C) cells covered, cells tested and cells fitted, of each class in each split."""
    rng = np.random.default_rng(round(1000 * alpha))
    truth, logits, size = pool.truth(), scores_of(pool), len(pool.classes)
    counts = np.zeros((3, SPLITS, size), int)
    for split in range(SPLITS):
        rows = rng.permutation(len(pool))
        fitted, tested = rows[:FITTED], rows[FITTED:]
        sets = conformalise(
            pool.take(fitted), alpha, score=score, randomised=randomised, with_top=False,
            class_conditional=by_class, seed=split,
        )  # fmt: skip
        chosen = sets.sets(logits[tested], np.random.default_rng(10_000 + split))
        held = chosen[np.arange(len(tested)), truth[tested]]
        for place, row in enumerate((truth[tested][held], truth[tested], truth[fitted])):
            counts[place, split] = np.bincount(row, minlength=size)
    return counts[0], counts[1], counts[2]


def assert_as_in_theory(ranks: np.ndarray) -> None:
    """Values of the distribution function lie evenly in [0, 1]: their mean, and tenth by tenth."""
    assert abs(ranks.mean() - 0.5) * np.sqrt(12 * len(ranks)) < norm.ppf(0.9995)
    assert chisquare(np.histogram(ranks, 10, (0, 1))[0]).pvalue > 1e-3


def randomised_rank(distribution, value: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Even in [0, 1] if the value is of the distribution, though it is discrete."""
    return distribution.cdf(value) - rng.random(len(value)) * distribution.pmf(value)


@pytest.mark.slow
@pytest.mark.parametrize("alpha", ALPHAS)
@pytest.mark.parametrize(("score", "randomised"), CASES)
def test_marginal_coverage(pool: Predictions, score: Score, randomised: bool, alpha: float):
    held, tested, _ = covered(pool, alpha, score, randomised=randomised)
    number = int(tested[0].sum())
    distribution = coverage_distribution(FITTED, number, alpha)
    rng = np.random.default_rng(1)
    share = held.sum(1) / number
    low, high = distribution.ppf([0.025, 0.975]) / number
    inside = ((share >= low) & (share <= high)).mean()
    print(
        f"{score.name} {1 - alpha:g}: mean {share.mean():.4f}, {inside:.1%} in {low:.4f}-{high:.4f}"
    )
    assert_as_in_theory(randomised_rank(distribution, held.sum(1), rng))


@pytest.mark.slow
def test_coverage_within_each_class(pool: Predictions):
    alpha = 0.1
    held, tested, fitted = covered(pool, alpha, Lac(), randomised=False, by_class=True)
    rng = np.random.default_rng(2)
    for c, name in enumerate(pool.classes):
        ranks = np.concatenate(
            [
                randomised_rank(coverage_distribution(n, m, alpha), k[None], rng)
                for n, m, k in zip(fitted[:, c], tested[:, c], held[:, c], strict=True)
            ]
        )
        print(f"{name}: mean coverage {(held[:, c] / tested[:, c]).mean():.4f}")
        assert_as_in_theory(ranks)


@pytest.mark.slow
@pytest.mark.parametrize("score", [Aps(), Raps()])
def test_sets_without_randomisation_hold_their_level(pool: Predictions, score: Score):
    held, tested, _ = covered(pool, 0.1, score, randomised=False)
    assert (held.sum(1) / tested.sum(1)).mean() > 0.9 - 3 * 0.0065 / np.sqrt(SPLITS)


def test_the_distribution_is_that_of_ranks():
    """Counted directly: how many of m numbers lie at or below the k-th of n others."""
    rng = np.random.default_rng(0)
    values = rng.random((40_000, 19 + 10))
    limit = np.sort(values[:, :19], axis=1)[:, 17]  # k = ceil(20 · 0.9) = 18
    counts = np.bincount((values[:, 19:] <= limit[:, None]).sum(1), minlength=11)
    expected = coverage_distribution(19, 10, 0.1).pmf(np.arange(11)) * 40_000
    assert chisquare(counts, expected).pvalue > 1e-3
