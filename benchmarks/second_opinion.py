"""What a second opinion brings: second_opinion.py FIRST.parquet SECOND.parquet.

Two predictions tables of the same labelled cells, such as validation cells: those of the two
bundles that are to be paired. Prints, for the first alone, the second alone, and for several limits
below which a cell is shown to the second: accuracy, negative log-likelihood, wrong cells among the
surest 95 %, and the share of cells that are shown to it.
"""

import sys

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax
from sklearn.metrics import log_loss

from hemoscope.inference.second_opinion import joint_opinion
from hemoscope.predictions import Predictions

LIMITS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 1.0)


def describe(probabilities: NDArray[np.float64], truth: NDArray[np.intp]) -> str:
    """Of (n, C) probabilities."""
    surest = np.argsort(-probabilities.max(axis=1), kind="stable")
    wrong = (probabilities.argmax(axis=1) != truth)[surest]
    loss = log_loss(truth, probabilities, labels=range(probabilities.shape[1]))
    return (
        f"{100 * (1 - wrong.mean()):.2f} % of {len(wrong):,} right, negative log-likelihood "
        f"{loss:.4f}, {wrong[: int(0.95 * len(wrong))].sum()} wrong among the surest 95 %"
    )


def main() -> None:
    """Prints a line for each way."""
    first, second = map(Predictions.read, sys.argv[1:3])
    if list(first.paths) != list(second.paths) or first.classes != second.classes:
        sys.exit("The two tables are not of the same cells and classes, in the same order.")
    truth = first.truth()
    print(f"first alone: {describe(first.probabilities, truth)}")
    print(f"second alone: {describe(second.probabilities, truth)}")
    said_apart = (table.log_probabilities.astype(np.float32) for table in (first, second))
    both = softmax(joint_opinion(*said_apart).astype(np.float64), axis=1)
    for limit in LIMITS:
        unclear = first.probabilities.max(axis=1) < limit
        said = np.where(unclear[:, None], both, first.probabilities)
        share = 100 * unclear.mean()
        print(f"both below {limit}: {describe(said, truth)}, {share:.1f} % shown to the second")


if __name__ == "__main__":
    main()
