"""`count_cells`: what was called, and a validation confusion, become a `Differential`."""

import numpy as np
from numpy.typing import NDArray

from hemoscope.calibration.arrays import Array, Flags
from hemoscope.calibration.differential.confusion import Confusion
from hemoscope.calibration.differential.kinds import white_cells
from hemoscope.calibration.differential.posterior import draw_shares
from hemoscope.calibration.differential.result import ClassCount, Differential
from hemoscope.calibration.differential.tally import Tally
from hemoscope.errors import UsageError

LEVEL = 0.95
DRAWS = 4000


def count_cells(
    classes: tuple[str, ...],
    tally: Tally,
    confusion: Confusion,
    *,
    level: float = LEVEL,
    draws: int = DRAWS,
    seed: int = 0,
) -> Differential:
    """The differential, with limits for counting and for wrong calls in one.

    The limits are for the patient: for the numbers per 100 white cells that counting ever more
    cells would approach, and not for the true composition of the cells that were counted. They
    hold if the patient's cells are confused as the validation cells are, whatever their shares.

    Args:
        classes: The C class names.
        tally: The cells that were counted.
        confusion: From validation cells.
        level: Of the limits, in (0, 1).
        draws: Draws of the posterior.
        seed: Of the draws.

    Raises:
        UsageError: The level is out of range.
    """
    if not 0 < level < 1:
        raise UsageError(f"level is {level}; it is a share between 0 and 1, such as 0.95.")
    white, counted = white_cells(classes), tally.counted
    total = int(counted[white].sum())
    figures = None
    if total:
        rng = np.random.default_rng(seed)
        matrix = confusion.array()
        shares = draw_shares(tally.called, tally.exact, matrix, draws=draws, rng=rng)
        limits = limits_per_100(shares, white, counted, level)
        figures = np.vstack([100 * counted / total, limits]).T.tolist()
    rows = tuple(
        ClassCount(
            name,
            bool(white[c]),
            int(tally.called[c]),
            int(tally.exact[c]),
            *((None,) * 4 if figures is None else figures[c]),
        )
        for c, name in enumerate(classes)
    )
    return Differential(rows, total, tally.unknown, level)


def limits_per_100(
    shares: Array, white: Flags, counted: NDArray[np.integer], level: float
) -> Array:  # fmt: skip
    """(3, ..., C) median, low and high of each class per 100 white cells.

    The limits cut off the same share of draws at both ends. Where no cell of a class was counted
    the lower one is 0: that the patient has none can then not be ruled out.

    Args:
        shares: (..., D, C) draws of the shares.
        white: (C,) classes that make the 100.
        counted: (..., C) cells counted.
        level: In (0, 1).
    """
    per_100 = 100 * shares / shares[..., white].sum(-1, keepdims=True)
    tail = (1 - level) / 2
    # Weibull plotting positions: on average a new draw lies beyond in just the share asked for.
    limits = np.quantile(per_100, [0.5, tail, 1 - tail], axis=-2, method="weibull")
    limits[1] = np.where(counted == 0, 0.0, limits[1])
    return limits
