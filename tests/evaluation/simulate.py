"""Simulated models whose true class probabilities are known."""

import numpy as np
from numpy.typing import NDArray
from scipy.special import softmax

from hemoscope.predictions import Predictions

CLASSES = ("basophil", "eosinophil", "ig", "lymphocyte", "monocyte", "neutrophil", "platelet")


def true_logits(rng: np.random.Generator, cells: int, classes: int, gain: float) -> NDArray:
    """(cells, classes) logits of the true class probabilities, some cells hard, most easy."""
    logits = rng.normal(size=(cells, classes)) * 1.7
    favoured = rng.integers(classes, size=cells)
    logits[np.arange(cells), favoured] += gain * rng.gamma(2.5, 1 / 2.5, size=cells)
    return logits


def draw(rng: np.random.Generator, chances: NDArray) -> NDArray:
    """(cells,) classes drawn from (cells, classes) probabilities."""
    return (rng.random((len(chances), 1)) > chances.cumsum(1)).sum(1).clip(0, chances.shape[1] - 1)


def predictions(
    cells: int,
    classes: int = 5,
    *,
    seed: int = 0,
    gain: float = 6.0,
    sharpness: float = 1.0,
    groups: int | None = None,
) -> Predictions:
    """A table of a model that states softmax(sharpness x true logits); 1 = calibrated."""
    rng = np.random.default_rng(seed)
    logits = true_logits(rng, cells, classes, gain)
    names = [CLASSES[i] for i in range(classes)]
    truth = draw(rng, softmax(logits, axis=1))
    return Predictions.from_logits(
        [f"cell_{i:06d}.png" for i in range(cells)],
        names,
        sharpness * logits,
        labels=[names[i] for i in truth],
        groups=None if groups is None else [f"g{i}" for i in rng.integers(groups, size=cells)],
    )
