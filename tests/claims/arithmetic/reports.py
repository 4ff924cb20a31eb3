"""Confusion matrices as a paper would print them, for tests that truth is never contradicted."""

from dataclasses import dataclass

import numpy as np
from hypothesis import strategies as st
from numpy.typing import NDArray
from sklearn.metrics import precision_recall_fscore_support

from hemoscope.claims.arithmetic.counts import ClassScores
from hemoscope.claims.interval import Interval


@dataclass(frozen=True)
class Report:
    """A confusion matrix and its rounded report."""

    matrix: NDArray[np.int64]
    scores: list[ClassScores]

    @property
    def right(self) -> int:
        return int(np.trace(self.matrix))

    @property
    def supports(self) -> list[int]:
        return self.matrix.sum(axis=1).tolist()

    @property
    def errors(self) -> NDArray[np.int64]:
        return self.matrix - np.diag(np.diag(self.matrix))

    def labels(self) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        true, predicted = np.indices(self.matrix.shape)
        counts = self.matrix.ravel()
        return np.repeat(true.ravel(), counts), np.repeat(predicted.ravel(), counts)


@st.composite
def reports(draw: st.DrawFn, classes: int = 4) -> Report:
    """A matrix with most cells on its diagonal, printed to two decimals."""
    rng = np.random.default_rng(draw(st.integers(0, 2**31)))
    matrix = rng.integers(0, 6, (classes, classes))
    matrix[np.diag_indices(classes)] = rng.integers(30, 120, classes)
    report = Report(matrix, [])
    true, predicted = report.labels()
    precision, recall, f1, support = precision_recall_fscore_support(true, predicted)
    errors = report.errors
    for k in range(classes):
        report.scores.append(
            ClassScores(
                support=int(np.asarray(support)[k]),
                precision=Interval.printed(f"{np.asarray(precision)[k]:.2f}"),
                recall=Interval.printed(f"{np.asarray(recall)[k]:.2f}"),
                f1=Interval.printed(f"{np.asarray(f1)[k]:.2f}"),
                least_missed=int(errors[k].max()),
                least_false=int(errors[:, k].max()),
            )
        )
    return report
