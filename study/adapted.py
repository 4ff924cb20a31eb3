"""What adapting to a source costs where there is nothing to adapt to."""

from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from hemoscope.calibration import Trust, read_trust
from hemoscope.predictions import Predictions

FOLDERS = 500
SIZES = (20, 100, 400)


def at_home(table: Path, model: Path) -> dict[str, dict[str, float]]:
    """Right calls, plain and adapted, in folders of cells of the source that the model knows.

    Args:
        table: Labelled predictions of the model.
        model: The folder with its calibration.

    Returns:
        For the whole table, for folders of so many cells (drawn from it 500 times), and for all
        cells of each class in a folder of their own: the share that is right "plain" and
        "adapted" (means over folders), and the "worst" difference of a folder.
    """
    predictions, trust = Predictions.read(table), read_trust(model)
    logits, truth = trust.logits_of(predictions), predictions.truth()
    rng = np.random.default_rng(0)
    folders = {"all": [np.arange(len(truth))]}
    for size in SIZES:
        drawn = [rng.choice(len(truth), size, replace=False) for _ in range(FOLDERS)]
        folders[f"folders of {size}"] = drawn
    for c, name in enumerate(predictions.classes):
        folders[f"{name} alone"] = [np.flatnonzero(truth == c)]
    return {
        name: _compared(trust, [(logits[rows], truth[rows]) for rows in some])
        for name, some in folders.items()
    }


def _compared(
    trust: Trust, folders: list[tuple[NDArray[np.float64], NDArray[np.intp]]]
) -> dict[str, float]:
    plain = np.array([_right(trust, *folder) for folder in folders])
    adapted = np.array([_right(trust.adapted_to(folder[0]), *folder) for folder in folders])
    return {
        "plain": float(plain.mean()),
        "adapted": float(adapted.mean()),
        "worst": float((adapted - plain).min()),
    }


def _right(trust: Trust, logits: NDArray[np.float64], truth: NDArray[np.intp]) -> float:
    shown = logits if trust.shift is None else trust.shift.apply(logits)
    return float((shown.argmax(1) == truth).mean())
