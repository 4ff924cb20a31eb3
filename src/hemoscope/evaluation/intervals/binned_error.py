"""An interval for a binned calibration error that holds its level.

ECE adds up |gap| over bins. Noise never cancels in it, so the published figure is too high (a
perfectly calibrated model gets more than 0) and a bootstrap interval around it misses the truth
nearly always. The truth here is the *binned* error of the population: with the bin borders as
they are, sum over bins of |P(outcome and bin) - E(stated; bin)|.

The interval inverts a test (hybrid resampling, Chuang and Lai 2000). For a supposed true error θ
the ECE that cells like these would give is simulated: each bin's gap is θ times its share of a
shape, plus binomial noise at the success rate that this gap implies. θ is in the interval if
the ECE seen lies in the central 95 % of what θ gives. At θ = 0 only the upper tail counts (all
5 % of it), and the tail shrinks to 2.5 % as θ grows to two standard deviations, as in Feldman and
Cousins (1998): the interval runs into 0 exactly if calibration is not rejected at 5 %.

The shape (how the error spreads over bins) is not known, and the bias depends on it. It is drawn
from its posterior under a spike-and-slab prior with unknown sparsity and size, weighted towards
"all bins err" (`DENSE_WEIGHT`), as models err in practice. A dense spread is drawn some way
towards an even one (`EVENNESS`): noise makes it look more peaked than it is. These constants were
chosen on simulated forecasters; docs/statistics.md gives the coverages measured.
"""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from scipy.sparse import csr_array

from hemoscope.evaluation.arrays import Array, Indices
from hemoscope.evaluation.bins import Bins

DRAWS = 2000
DENSE_WEIGHT = 50.0  # prior odds of "all bins err" to each sparser spread
EVENNESS = 0.3  # how far a dense spread is drawn towards "as many standard errors in each bin"
SPARSITIES = np.array([0.1, 0.2, 0.35, 0.6, 1.0])
SIZES = np.geomspace(0.25, 30, 20)  # of the gaps, in standard errors
PSEUDO_COUNTS = 2.0  # draws the variance of a near-empty bin towards the stated one
BISECTIONS = 22


@dataclass(frozen=True)
class BinnedErrorInterval:
    """Limits and a median-unbiased estimate of a binned calibration error."""

    low: float
    high: float
    median: float


@dataclass(frozen=True, eq=False)
class _Draws:
    """The simulation: K bins (of all blocks, the empty ones left out), R draws.

    Attributes:
        share: (K,) share of cells.
        stated: (K,) mean stated probability.
        room: (K,) the widest gap the bin can have.
        shape: (R, K) signed spread of an error of 1 over the bins.
        wobble: (R, K) random share of cells over the share.
        noise: (R, K) standard normal, correlated between bins where cells are shared.
        effective: (K,) cells in each bin over the design effect.
    """

    share: Array
    stated: Array
    room: Array
    shape: Array
    wobble: Array
    noise: Array
    effective: Array

    def totals(self, error: float) -> Array:
        """(R,) sums of |gap| that a true sum of `error` gives."""
        size = np.minimum(error * np.abs(self.shape), self.room)
        rest = self.room - size  # what one bin cannot hold goes where there is room
        lack = np.maximum(error - size.sum(1, keepdims=True), 0)
        size += rest * np.minimum(lack / np.maximum(rest.sum(1, keepdims=True), 1e-12), 1)
        shift = np.sign(self.shape) * size / self.share
        wanted = self.stated + shift
        beyond = (wanted < 0) | (wanted > 1)  # the error can only lie on the other side
        rate = np.clip(np.where(beyond, self.stated - shift, wanted), 0, 1)
        observed = _binomial(rate, self.effective, self.noise)
        return np.abs((observed - self.stated) * self.wobble) @ self.share


def binned_error_interval(
    blocks: tuple[Bins, ...],
    correlation: Array | None = None,
    *,
    level: float = 0.95,
    seed: int = 0,
    draws: int = DRAWS,
) -> BinnedErrorInterval:
    """The interval of the mean over blocks of the binned calibration error.

    Args:
        blocks: One `Bins` for ECE; one a class for class-wise ECE (the same cells in each).
        correlation: (K, K) from `noise_correlation`; None for independent bins.
        level: Nominal coverage.
        seed: Seed of the simulation.
        draws: Number of simulated data sets for each supposed error.
    """
    simulation = _simulate(blocks, correlation, np.random.default_rng(seed), draws)
    seen = float(sum(np.abs(b.gap).sum() for b in blocks))
    spread = float(simulation.totals(0.0).std()) or 1e-12
    top = float(simulation.room.sum())  # no error can be larger
    outside = 1 - level

    def below(error: float) -> float:
        """Share of simulated data sets with no more error than seen."""
        return float((simulation.totals(error) <= seen + 1e-12).mean())

    def upper_tail(error: float) -> float:
        return outside - outside / 2 * min(1.0, error / (1.96 * spread))

    limits = (
        _first(lambda e: 1 - below(e) >= upper_tail(e), top),
        _first(lambda e: below(e) < outside - upper_tail(e), top),
        _first(lambda e: below(e) <= 0.5, top),
    )
    low, high, median = (limit / len(blocks) for limit in limits)
    return BinnedErrorInterval(low, min(high, 1.0), median)


def noise_correlation(
    blocks: tuple[Bins, ...], outcomes: Array, groups: Indices | None = None
) -> Array:
    """(K, K) covariance of the bins' noise over their independent variances.

    On the diagonal stands 1 where cells are independent, the design effect where they come in
    groups.

    Args:
        blocks: C blocks of bins over the same n cells.
        outcomes: (n, C) 0/1 outcome of each cell in each block.
        groups: (n,) group indices, or None.
    """
    residuals = _residuals(blocks, outcomes)
    alone = np.asarray(residuals.multiply(residuals).sum(0)).ravel()
    factor = 1.0
    if groups is not None:
        count = int(groups.max()) + 1
        pointers = np.arange(len(groups) + 1)
        member = csr_array((np.ones(len(groups)), groups, pointers), shape=(len(groups), count))
        residuals = csr_array(member.T @ residuals)
        factor = count / max(count - 1, 1)
    joint = np.asarray((residuals.T @ residuals).todense()) * factor
    scale = np.sqrt(np.outer(alone, alone))
    joint = np.divide(joint, scale, out=np.eye(len(alone)), where=scale > 0)
    # Residuals of a bin whose cells are all of one group cancel: it tells no design effect.
    mute = np.flatnonzero(np.diag(joint) < 1e-9)
    joint[mute, mute] = 1.0
    held = np.concatenate([b.count > 0 for b in blocks])
    return joint[np.ix_(held, held)]


def _residuals(blocks: tuple[Bins, ...], outcomes: Array) -> csr_array:
    """(n, all bins) outcome less the bin's frequency, in the cell's bin of each block."""
    values, columns, offset = [], [], 0
    for column, block in enumerate(blocks):
        frequency = block.observed / np.maximum(block.count, 1)
        values.append(outcomes[:, column] - frequency[block.index])
        columns.append(block.index + offset)
        offset += len(block.count)
    cells = len(outcomes)
    pointers = np.arange(0, cells * len(blocks) + 1, len(blocks))
    data, index = np.stack(values, 1).ravel(), np.stack(columns, 1).ravel()
    return csr_array((data, index, pointers), shape=(cells, offset))


def _simulate(
    blocks: tuple[Bins, ...], correlation: Array | None, rng: np.random.Generator, draws: int
) -> _Draws:
    held = np.concatenate([b.count > 0 for b in blocks])
    count, stated_sum, observed = (
        np.concatenate([getattr(b, name) for b in blocks])[held]
        for name in ("count", "stated", "observed")
    )
    cells = float(blocks[0].count.sum())
    share, stated = count / cells, np.clip(stated_sum / count, 0, 1)
    smooth = (observed + PSEUDO_COUNTS * stated + 0.5) / (count + PSEUDO_COUNTS + 1)
    variance = np.maximum(smooth * (1 - smooth), stated * (1 - stated)) * share / cells
    design = np.ones(len(count)) if correlation is None else np.diag(correlation)
    gap = (observed - stated_sum) / cells
    room = share * np.maximum(stated, 1 - stated)
    block = np.repeat(np.arange(len(blocks)), [int((b.count > 0).sum()) for b in blocks])
    return _Draws(
        share=share,
        stated=stated,
        room=room,
        shape=_shapes(gap, np.sqrt(variance * design), rng, draws),
        wobble=_wobble(share, block, cells, rng, draws),
        noise=_noise(len(share), correlation, rng, draws),
        effective=count / design,
    )


def _shapes(gap: Array, error: Array, rng: np.random.Generator, draws: int) -> Array:
    """(draws, K) signed spreads over the bins, from the posterior; |spread| sums to 1."""
    scaled = gap / error
    null = np.exp(-(scaled**2) / 2)
    slab = np.exp(-(scaled**2) / 2 / (1 + SIZES[:, None] ** 2)) / np.sqrt(1 + SIZES[:, None] ** 2)
    weight = _prior_posterior(null, slab)
    picked = rng.choice(weight.size, size=draws, p=weight.ravel())
    sparsity, size = SPARSITIES[picked // len(SIZES)][:, None], picked % len(SIZES)
    on, off = sparsity * slab[size], (1 - sparsity) * null
    errs = rng.random((draws, len(gap))) * (on + off) <= on
    shrink = SIZES[size][:, None] ** 2 / (1 + SIZES[size][:, None] ** 2)
    drawn = shrink * scaled + np.sqrt(shrink) * rng.standard_normal((draws, len(gap)))
    spread = np.where(errs, drawn, 1e-3 * rng.standard_normal((draws, len(gap)))) * error
    spread /= np.abs(spread).sum(1, keepdims=True)
    even = np.sign(spread) * error / error.sum()
    return np.where(sparsity == 1, (1 - EVENNESS) * spread + EVENNESS * even, spread)


def _prior_posterior(null: Array, slab: Array) -> Array:
    """(sparsities, sizes) posterior weight of each pair."""
    share = SPARSITIES[:, None, None]
    mixed = share * slab + (1 - share) * null
    likelihood = np.log(np.maximum(mixed, 1e-300)).sum(-1)
    likelihood[-1] += np.log(DENSE_WEIGHT)
    weight = np.exp(likelihood - likelihood.max())
    return weight / weight.sum()


def _wobble(
    share: Array, block: Indices, cells: float, rng: np.random.Generator, draws: int
) -> Array:
    """(draws, K) multinomial share of cells in each bin, over its share."""
    drawn = rng.standard_normal((draws, len(share))) * np.sqrt(share / cells)
    member = block[:, None] == np.arange(block.max() + 1)
    total = drawn @ member
    return 1 + (drawn - share * total[:, block]) / share


def _noise(size: int, correlation: Array | None, rng: np.random.Generator, draws: int) -> Array:
    noise = rng.standard_normal((draws, size))
    if correlation is None:
        return noise
    scale = np.sqrt(np.diag(correlation))
    values, vectors = np.linalg.eigh(correlation / np.outer(scale, scale))
    return noise @ (vectors * np.sqrt(np.maximum(values, 0))).T


def _binomial(rate: Array, trials: Array, noise: Array) -> Array:
    """(R, K) shares of successes at the quantiles of standard normal `noise`.

    The normal quantile with the binomial's skewness (Cornish and Fisher 1938), rounded to whole
    successes: smooth in the rate, and right down to bins that expect less than one failure.
    """
    skew = (1 - 2 * rate) * (noise**2 - 1) / 6
    successes = trials * rate + np.sqrt(trials * rate * (1 - rate)) * noise + skew
    return np.clip(np.floor(successes + 0.5), 0, trials) / trials


def _first(holds: Callable[[float], bool], top: float) -> float:
    """The least error in [0, top] from which on `holds`, by bisection."""
    if holds(0.0):
        return 0.0
    low, high = 0.0, top
    for _ in range(BISECTIONS):
        middle = (low + high) / 2
        low, high = (low, middle) if holds(middle) else (middle, high)
    return high
