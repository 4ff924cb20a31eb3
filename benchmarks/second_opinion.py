"""What a second opinion brings: second_opinion.py FIRST.parquet SECOND.parquet.

Two predictions tables of the same labelled cells, such as validation cells: those of the two
bundles that are to be paired. Prints, for the first alone, the second alone, and for several limits
below which a cell is shown to the second: accuracy, negative log-likelihood, wrong cells among the
surest 95 %, the share of cells that are shown to it, and how many it mends and spoils.
"""

import sys

import numpy as np
from scipy.special import softmax
from surest import in_words

from hemoscope.evaluation.comparison.mcnemar import mcnemar_test
from hemoscope.inference.second_opinion import joint_opinion
from hemoscope.predictions import Predictions

LIMITS = (0.5, 0.7, 0.8, 0.9, 0.95, 0.98, 0.99, 0.999, 1.0)


def main() -> None:
    """Prints a line for each way."""
    first, second = map(Predictions.read, sys.argv[1:3])
    if list(first.paths) != list(second.paths) or first.classes != second.classes:
        sys.exit("The two tables are not of the same cells and classes, in the same order.")
    truth = first.truth()
    print(f"first alone: {in_words(first.probabilities, truth)}")
    print(f"second alone: {in_words(second.probabilities, truth)}")
    missed = [table.predicted != truth for table in (first, second)]
    print(
        f"wrong: {missed[0].sum()} and {missed[1].sum()}, {(missed[0] & missed[1]).sum()} in both"
    )
    said_apart = (table.log_probabilities.astype(np.float32) for table in (first, second))
    both = softmax(joint_opinion(*said_apart).astype(np.float64), axis=1)
    for limit in LIMITS:
        unclear = first.probabilities.max(axis=1) < limit
        said = np.where(unclear[:, None], both, first.probabilities)
        wrong = said.argmax(axis=1) != truth
        mended, spoiled = int((missed[0] & ~wrong).sum()), int((wrong & ~missed[0]).sum())
        test = mcnemar_test(mended, spoiled)
        print(
            f"both below {limit}: {in_words(said, truth)}, {100 * unclear.mean():.1f} % shown to "
            f"the second, {mended} mended, {spoiled} spoiled ({test.method} McNemar p {test.p:.2f})"
        )


if __name__ == "__main__":
    main()
