"""Two shares of cells, and whether they differ."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.stats import fisher_exact

from hemoscope.evaluation.intervals.wilson import wilson_limits


@dataclass(frozen=True)
class Share:
    """A share of cells, with its 95 % interval (Wilson).

    Attributes:
        right: Cells predicted rightly.
        cells: Cells.
        accuracy: right / cells; None without cells.
        low: Lower limit; None without cells.
        high: Upper limit; None without cells.
    """

    right: int
    cells: int
    accuracy: float | None
    low: float | None
    high: float | None


@dataclass(frozen=True)
class ShareDifference:
    """The accuracy on some cells less that on others, cells taken for independent.

    Attributes:
        difference: first - second.
        low: Lower 95 % limit, by Newcombe's score method (1998, his method 10).
        high: Upper limit.
        p: Two-sided p of Fisher's exact test.
    """

    difference: float
    low: float
    high: float
    p: float


def share_of(right: NDArray[np.bool_]) -> Share:
    """The share of True.

    Args:
        right: (n,) whether each cell was predicted rightly.
    """
    if len(right) == 0:
        return Share(0, 0, None, None, None)
    low, high = wilson_limits(right.sum(), len(right))
    return Share(int(right.sum()), len(right), float(right.mean()), float(low), float(high))


def difference_of(first: Share, second: Share) -> ShareDifference | None:
    """How far two shares lie apart; None where one of them has no cells."""
    a, b = first, second
    if a.accuracy is None or a.low is None or a.high is None:
        return None
    if b.accuracy is None or b.low is None or b.high is None:
        return None
    difference = a.accuracy - b.accuracy
    table = np.array([[a.right, a.cells - a.right], [b.right, b.cells - b.right]])
    return ShareDifference(
        difference=difference,
        low=difference - float(np.hypot(a.accuracy - a.low, b.high - b.accuracy)),
        high=difference + float(np.hypot(a.high - a.accuracy, b.accuracy - b.low)),
        p=float(fisher_exact(table).pvalue),
    )
