"""How good opinions are, and how well they know it, in one line."""

import numpy as np
from numpy.typing import NDArray
from sklearn.metrics import log_loss


def in_words(probabilities: NDArray[np.float64], truth: NDArray[np.intp]) -> str:
    """Accuracy, negative log-likelihood, and wrong cells among the surest 95 %.

    Args:
        probabilities: (n, C).
        truth: (n,) class indices.
    """
    surest = np.argsort(-probabilities.max(axis=1), kind="stable")
    wrong = (probabilities.argmax(axis=1) != truth)[surest]
    loss = log_loss(truth, probabilities, labels=range(probabilities.shape[1]))
    return (
        f"{100 * (1 - wrong.mean()):.2f} % of {len(wrong):,} right, negative log-likelihood "
        f"{loss:.4f}, {wrong[: int(0.95 * len(wrong))].sum()} wrong among the surest 95 %"
    )
