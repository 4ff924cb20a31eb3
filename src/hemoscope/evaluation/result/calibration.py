"""Results on whether stated probabilities can be believed."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True, eq=False)
class ReliabilityDiagram:
    """Stated against observed, bin by bin.

    Attributes:
        edges: (B + 1,) bin borders; a bin holds (lower, upper], the first one its lower border.
        count: (B,) cells in each bin.
        stated: (B,) mean stated probability; nan in an empty bin.
        observed: (B,) share that came true; nan in an empty bin.
        low: (B,) lower limit of `observed` (Wilson, at the settings' level); nan in an empty bin.
        high: (B,) upper limit.
    """

    edges: NDArray[np.float64]
    count: NDArray[np.int64]
    stated: NDArray[np.float64]
    observed: NDArray[np.float64]
    low: NDArray[np.float64]
    high: NDArray[np.float64]


@dataclass(frozen=True)
class BrierFigures:
    """A Brier score with Murphy's parts, over the bins of the reliability diagram.

    score = reliability - resolution + uncertainty + within_bin, exactly.

    Attributes:
        score: Mean squared difference between stated and observed; 0 is perfect.
        reliability: Miscalibration; 0 is perfect.
        resolution: How far the bins' outcomes lie from the base rate; more is better.
        uncertainty: The score of always stating the base rate.
        within_bin: What the binning leaves over (0 if every bin holds one stated value).
    """

    score: float
    reliability: float
    resolution: float
    uncertainty: float
    within_bin: float


@dataclass(frozen=True)
class Brier:
    """Both ways of putting the classes together; never to be mixed.

    Attributes:
        sum: Summed over classes (Brier's own; 0 to 2).
        class_mean: The mean over classes of the one-against-rest scores (sum / C).
    """

    sum: BrierFigures
    class_mean: BrierFigures


@dataclass(frozen=True, eq=False)
class ClassCalibration:
    """Calibration of one class's probability against whether the cell is of that class.

    Attributes:
        ece: Expected calibration error, equal-width bins.
        adaptive_ece: The same with bins of equal mass.
        mce: Largest gap in any bin that holds a cell.
        brier: One-against-rest Brier score and its parts.
        ici: Integrated calibration index: mean absolute difference between the probability
            and its isotonic recalibration.
        kl: Bin-weighted Kullback-Leibler divergence (nats) of observed from stated; None where
            it is infinite.
        diagram: Equal-width reliability diagram.
    """

    ece: float
    adaptive_ece: float
    mce: float
    brier: BrierFigures
    ici: float
    kl: float | None
    diagram: ReliabilityDiagram


@dataclass(frozen=True)
class Sharpness:
    """How concentrated the stated probabilities are, whatever the truth.

    Attributes:
        entropy: Mean entropy of a cell's probabilities, nats; 0 = all on one class.
        normalised_entropy: The same over ln C, in [0, 1].
    """

    entropy: float
    normalised_entropy: float


@dataclass(frozen=True)
class Confidence:
    """Mean probability of the predicted class.

    Attributes:
        mean: Over all cells.
        right: Over the cells called right; None if there are none.
        wrong: Over the cells called wrong; None if there are none.
        gap: right - wrong; None if either is missing.
    """

    mean: float
    right: float | None
    wrong: float | None
    gap: float | None


@dataclass(frozen=True, eq=False)
class ConfidenceHistogram:
    """Confidence of cells called right and of cells called wrong.

    Attributes:
        edges: (K + 1,) bin borders from 0 to 1.
        right: (K,) counts.
        wrong: (K,) counts.
    """

    edges: NDArray[np.float64]
    right: NDArray[np.int64]
    wrong: NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Calibration:
    """All calibration figures. "Confidence" is the probability of the predicted class.

    Attributes:
        bins: Number of bins B, equal width on [0, 1].
        ece: Expected calibration error of the confidence, as usually published. It is biased
            upward: a perfectly calibrated model gets more than 0.
        ece_debiased: Median-unbiased estimate of the same binned error in the population; its
            interval is that of `ece`.
        mce: Largest gap in any bin that holds a cell.
        mce_bin: (lower, upper) border of that bin.
        mce_count: Cells in that bin.
        adaptive_ece: ECE with bins of equal mass.
        classwise_ece: Mean over classes of the one-against-rest ECE.
        brier: Brier scores.
        nll: Mean negative log-likelihood (nats) of the true class; None where infinite.
        sharpness: Entropy of the stated probabilities.
        confidence: Mean confidence when right and when wrong.
        per_class: Class name to figures.
        diagram: Equal-width reliability diagram of the confidence.
        adaptive_diagram: The same, equal mass.
        histogram: Confidence when right and when wrong.
    """

    bins: int
    ece: float
    ece_debiased: float | None
    mce: float
    mce_bin: tuple[float, float]
    mce_count: int
    adaptive_ece: float
    classwise_ece: float
    brier: Brier
    nll: float | None
    sharpness: Sharpness
    confidence: Confidence
    per_class: Mapping[str, ClassCalibration]
    diagram: ReliabilityDiagram
    adaptive_diagram: ReliabilityDiagram
    histogram: ConfidenceHistogram
