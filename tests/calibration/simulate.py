"""Cells whose true class probabilities, or places among the logits, are known."""

import numpy as np
from numpy.typing import ArrayLike
from scipy.special import softmax

from hemoscope.predictions import Predictions

CLASSES = ("basophil", "ig", "monocyte", "platelet")


def drawn(
    cells: int,
    *,
    seed: int = 0,
    temperature: float = 1.0,
    spread: float = 3.0,
    group_size: int | None = None,
    prefix: str = "",
) -> Predictions:
    """Labels drawn from softmax(z); the table has the logits temperature · z.

    So `temperature` is the one that a perfect calibration finds. With groups, the cells of a
    group have the same logits and label.
    """
    rng = np.random.default_rng(seed)
    units = cells if group_size is None else -(-cells // group_size)
    scores = rng.normal(0, spread, (units, len(CLASSES)))
    true = softmax(scores, axis=1)
    truth = (rng.random((units, 1)) > true.cumsum(1)).sum(1).clip(max=len(CLASSES) - 1)
    member = np.arange(units) if group_size is None else np.repeat(np.arange(units), group_size)
    member = member[:cells]
    return Predictions.from_logits(
        [f"{prefix}{i}.png" for i in range(cells)],
        CLASSES,
        temperature * scores[member],
        labels=[CLASSES[c] for c in truth[member]],
        groups=None if group_size is None else [f"field {g}" for g in member],
    )


def clouds(
    cells: int, *, mix: tuple[float, ...] = (0.25,) * 4, seed: int = 0, shift: ArrayLike = 0.0
) -> Predictions:
    """Cells of four classes, each a cloud of logits about a centre, moved by `shift`."""
    rng = np.random.default_rng(seed)
    truth = rng.choice(len(CLASSES), cells, p=mix)
    places = 4.0 * np.eye(len(CLASSES))[truth] + rng.normal(0, 1.0, (cells, len(CLASSES)))
    return Predictions.from_logits(
        [f"{seed}/{i}.png" for i in range(cells)],
        CLASSES,
        places + np.asarray(shift),
        labels=[CLASSES[c] for c in truth],
    )
