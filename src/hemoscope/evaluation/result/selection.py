"""Results on the separation of scores and on leaving the doubtful cells to a person."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ScoreHistogram:
    """A class's probability among its own cells and among all others.

    Attributes:
        edges: (K + 1,) bin borders from 0 to 1.
        positive: (K,) counts of cells of the class.
        negative: (K,) counts of the other cells.
    """

    edges: NDArray[np.float64]
    positive: NDArray[np.int64]
    negative: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ClassSeparation:
    """How far apart a class's scores lie for its own cells and for the rest.

    Attributes:
        jensen_shannon: Jensen-Shannon divergence of the two histograms, base 2, in [0, 1].
        histogram: The histograms.
    """

    jensen_shannon: float | None
    histogram: ScoreHistogram


@dataclass(frozen=True, eq=False)
class Separation:
    """Separation per class, and the mean over the classes whose figure exists."""

    per_class: Mapping[str, ClassSeparation]
    mean: float | None


@dataclass(frozen=True, eq=False)
class RiskCoverageCurve:
    """What is left of the error if only the surest cells are reported.

    Attributes:
        coverage: (k,) share of cells reported, rising to 1.
        risk: (k,) share of wrong ones among those.
        thresholds: (k,) lowest confidence among those.
    """

    coverage: NDArray[np.float64]
    risk: NDArray[np.float64]
    thresholds: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Selective:
    """Selective classification, the surest cells first.

    Attributes:
        aurc: Area under the risk-coverage curve (mean risk over coverages); lower is better.
        excess_aurc: `aurc` less that of a perfect ordering with the same accuracy.
        coverage_at_error: "0.001", "0.005" and "0.01": the largest coverage whose error is no
            higher than that.
        curve: The curve, thinned for drawing.
    """

    aurc: float
    excess_aurc: float
    coverage_at_error: Mapping[str, float]
    curve: RiskCoverageCurve
