import numpy as np
import pytest
from scipy.stats import beta

from hemoscope.calibration.differential.posterior import SHARE_PRIOR, draw_shares

SURE = 1e9 * np.eye(3)  # a model that is never wrong, and is known never to be
NONE = np.zeros(3, int)


def draws_of(calls, confusion, *, exact=NONE, draws=20_000, seed=0) -> np.ndarray:
    rng = np.random.default_rng(seed)
    return draw_shares(np.array(calls), np.array(exact), confusion, draws=draws, rng=rng)


def test_without_wrong_calls_it_is_the_textbook_posterior():
    shares = draws_of([30, 8, 2], SURE)
    assert shares.sum(1) == pytest.approx(1)
    for position, count in enumerate((30, 8, 2)):
        exact = beta(count + SHARE_PRIOR, 40 - count + 2 * SHARE_PRIOR)
        for q in (0.025, 0.5, 0.975):
            assert np.quantile(shares[:, position], q) == pytest.approx(exact.ppf(q), rel=0.05)


def test_wrong_calls_are_taken_back():
    """Of two classes, against the posterior summed over a grid of shares."""
    rates = np.array([[0.9, 0.1], [0.25, 0.75]])
    calls = np.array([60, 40])
    grid = np.linspace(5e-4, 1 - 5e-4, 1000)
    called_first = grid * rates[0, 0] + (1 - grid) * rates[1, 0]
    log = calls[0] * np.log(called_first) + calls[1] * np.log(1 - called_first)
    log += (SHARE_PRIOR - 1) * (np.log(grid) + np.log(1 - grid))
    weight = np.exp(log - log.max())
    below = weight.cumsum() / weight.sum()
    rng = np.random.default_rng(0)
    shares = draw_shares(
        calls, np.zeros(2, int), 1e7 * rates, draws=20_000, rng=rng, sweeps=60
    )  # fmt: skip
    for q in (0.025, 0.5, 0.975):
        expected = grid[np.searchsorted(below, q)]
        assert np.quantile(shares[:, 0], q) == pytest.approx(expected, abs=0.015)


def test_few_sweeps_suffice_for_a_model_that_is_mostly_right():
    confusion = np.array([[190.0, 6, 4], [3, 140, 1], [0, 2, 98]])
    for seed in (1, 2):
        rng = np.random.default_rng(seed)
        options = {"draws": 20_000, "rng": rng}
        calls = np.array([70, 20, 10])
        short = draw_shares(calls, NONE, confusion, **options)
        long = draw_shares(calls, NONE, confusion, **options, sweeps=60)
        for q in (0.025, 0.5, 0.975):
            ours, theirs = (np.quantile(drawn, q, axis=0) for drawn in (short, long))
            assert ours == pytest.approx(theirs, abs=0.006)


def test_cells_that_a_person_named_count_as_they_are():
    blurred = np.full((3, 3), 50.0)  # calls that say nothing
    shares = draws_of([0, 0, 0], blurred, exact=[30, 8, 2])
    assert np.quantile(shares[:, 0], 0.5) == pytest.approx(30 / 40, abs=0.01)
    # Calls that say nothing add nothing to what the person said.
    more = draws_of([0, 40, 0], blurred, exact=[30, 8, 2])
    assert more[:, 0].mean() == pytest.approx(shares[:, 0].mean(), abs=0.03)


def test_many_patients_at_once_are_as_one_by_one():
    calls = np.array([[70, 20, 10], [0, 0, 50]])
    rng = np.random.default_rng(0)
    confusion = np.broadcast_to(np.diag([100.0, 80, 60]) + 1, (2, 3, 3))
    together = draw_shares(calls, np.zeros_like(calls), confusion, draws=8000, rng=rng)
    assert together.shape == (2, 8000, 3)
    for row in range(2):
        alone = draws_of(calls[row], confusion[row], draws=8000, seed=1)
        assert together[row].mean(0) == pytest.approx(alone.mean(0), abs=0.01)
