"""Draws of a patient's true shares, given what was called and how often calls are wrong.

The model. Cells are drawn independently: cell i is of class t with probability π_t and is then
called p with probability A_tp. Row t of A has the posterior Dirichlet(validation counts of row t +
1/C), π the prior Dirichlet(1/3, …, 1/3). Cells that a person named count as they are.

1/3 is the neutral prior (Kerman 2011): the median of the posterior of a share is then close to the
observed share, also for rare classes. 1/C for each entry of a row (Perks 1947) weighs as one
validation cell in all.

A is drawn from the validation cells alone: a patient's calls, whose truth nobody knows, do not
change what is held of the model. Given A, π is drawn by data augmentation (Tanner and Wong 1987):
every call is dealt to a true class in proportion to π_t A_tp, then π is drawn given the dealt
cells. Many short chains run side by side, each with an A of its own, from a start that is
already close: most calls are right.
"""

import numpy as np
from numpy.typing import NDArray

from hemoscope.calibration.arrays import Array

SHARE_PRIOR = 1 / 3
SWEEPS = 8


def draw_shares(
    calls: NDArray[np.integer],
    exact: NDArray[np.integer],
    confusion: Array,
    *,
    draws: int,
    rng: np.random.Generator,
    sweeps: int = SWEEPS,
) -> Array:
    """Draws of π, for one patient or for many at once.

    Args:
        calls: (..., C) cells called each class, named by the model alone.
        exact: (..., C) cells of each class, named by a person.
        confusion: (..., C, C) validation counts, rows by truth.
        draws: Number of draws, D.
        rng: Source of the draws.
        sweeps: Steps of each chain.

    Returns:
        (..., D, C); rows sum to 1.
    """
    size = calls.shape[-1]
    batch = calls.shape[:-1]
    rows = confusion[..., None, :, :] + 1 / size
    wrong = _dirichlet(np.broadcast_to(rows, (*batch, draws, size, size)), rng)
    known = exact[..., None, :] + SHARE_PRIOR
    shares = _dirichlet(
        np.broadcast_to(calls[..., None, :] + known, (*batch, draws, size)), rng
    )  # fmt: skip
    for _ in range(sweeps):
        dealt = _deal(calls, shares, wrong, rng)
        shares = _dirichlet(dealt + known, rng)
    return shares


def _deal(
    calls: NDArray[np.integer], shares: Array, wrong: Array, rng: np.random.Generator
) -> NDArray[np.integer]:
    """(..., D, C) how many of the calls are truly of each class."""
    weights = np.swapaxes(shares[..., :, None] * wrong, -1, -2)  # (..., D, called, true)
    weights /= weights.sum(-1, keepdims=True)
    return rng.multinomial(calls[..., None, :], weights).sum(-2)


def _dirichlet(concentration: Array, rng: np.random.Generator) -> Array:
    """Draws over the last axis; all of them positive."""
    gammas = np.maximum(rng.standard_gamma(concentration), np.finfo(np.float64).tiny)
    return gammas / gammas.sum(-1, keepdims=True)
