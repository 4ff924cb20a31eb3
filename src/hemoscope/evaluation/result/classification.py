"""Results that follow from the confusion matrix alone."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray


@dataclass(frozen=True)
class ClassReport:
    """One row of the classification report (one class against the rest).

    Attributes:
        precision: Share of the cells called this class that are of it; None if none was.
        recall: Share of the cells of this class that were called it; None if there are none.
        f1: Harmonic mean of the two; None if the class neither occurs nor was predicted.
        support: Number of cells of this class.
        specificity: Share of the other cells that were not called this class.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    support: int
    specificity: float | None


@dataclass(frozen=True)
class Average:
    """Precision, recall and F1 averaged over the classes that occur.

    Attributes:
        precision: Mean precision; None if a class that occurs was never predicted.
        recall: Mean recall.
        f1: Mean F1.
        specificity: Mean specificity.
        support: Number of cells.
    """

    precision: float | None
    recall: float | None
    f1: float | None
    specificity: float | None
    support: int


@dataclass(frozen=True)
class ConfusedPair:
    """Two classes that were taken for each other.

    Attributes:
        first: The class of the two that was more often taken for the other.
        second: The other one.
        first_as_second: Cells of `first` called `second`.
        second_as_first: Cells of `second` called `first`.
        count: The sum of both.
        share: `count` over the number of cells of both classes (the paper's count).
    """

    first: str
    second: str
    first_as_second: int
    second_as_first: int
    count: int
    share: float


@dataclass(frozen=True, eq=False)
class Mistakes:
    """The cells that were called wrong, the most confident mistake first.

    Attributes:
        count: How many there are.
        rows: (k,) their rows in the predictions table; k = `count` (JSON lists at most 1,000).
        paths: (k,) cell names.
        truth: (k,) true class names.
        predicted: (k,) predicted class names.
        confidence: (k,) probability of the predicted class.
        probability_of_truth: (k,) probability of the true class.
    """

    count: int
    rows: NDArray[np.intp]
    paths: NDArray[np.object_]
    truth: NDArray[np.object_]
    predicted: NDArray[np.object_]
    confidence: NDArray[np.float64]
    probability_of_truth: NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Confusion:
    """Which class was taken for which.

    Attributes:
        matrix: (C, C) counts; row = truth, column = prediction.
        normalised: (C, C) each row divided by its sum; nan in the row of an absent class.
        pairs: The pairs of classes with any confusion, most confused first.
        normalised_mutual_information: Between truth and prediction, arithmetic mean of the
            two entropies below the line, in [0, 1].
        error_entropy: Entropy (nats) of the distribution of mistakes over the ordered pairs
            (truth, prediction); None without mistakes.
        error_entropy_bits: The same in bits.
        error_concentration: Share of all mistakes that lie in the three most confused pairs
            (both directions together); None without mistakes.
        mistakes: The cells themselves.
    """

    matrix: NDArray[np.int64]
    normalised: NDArray[np.float64]
    pairs: tuple[ConfusedPair, ...]
    normalised_mutual_information: float | None
    error_entropy: float | None
    error_entropy_bits: float | None
    error_concentration: float | None
    mistakes: Mistakes
