"""Predictions of a make-believe model."""

from collections.abc import Mapping, Sequence
from typing import Any

import numpy as np

from hemoscope.predictions import Predictions


def opinions(
    cells: int,
    classes: Sequence[str],
    *,
    strength: float = 3.0,
    noise: float = 1.0,
    provenance: Mapping[str, Any] | None = None,
) -> Predictions:
    """Logits that point to the true class with a strength, plus noise; classes take turns."""
    generator = np.random.default_rng(len(classes))
    truth = np.arange(cells) % len(classes)
    logits = generator.normal(0, noise, (cells, len(classes)))
    logits[np.arange(cells), truth] += strength
    return Predictions.from_logits(
        [f'a "b"/{i:05d}&.png' for i in range(cells)],
        classes,
        logits,
        labels=[classes[int(i)] for i in truth],
        provenance=provenance,
    )
