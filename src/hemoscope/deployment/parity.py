"""Whether the exported model says what the trained one says."""

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells.synthetic import MORPHOLOGIES, draw_cell
from hemoscope.deployment.samples import NamedCells, Pixels, read_pixels
from hemoscope.errors import HemoscopeError
from hemoscope.inference.bundle import Parity
from hemoscope.inference.scorer import Scorer

TOLERANCE = 1e-4
"""Largest absolute difference of any logit that passes."""

COUNT = 64
_BATCH = 16
_SYNTHETIC_PER_CLASS = 2


class ParityError(HemoscopeError):
    """The exported model gives other logits than the trained one."""


def check_parity(
    trained: Scorer, exported: Scorer, cells: NamedCells | None, tolerance: float = TOLERANCE
) -> Parity:
    """Compares two scorers, logit by logit.

    Args:
        trained: The model as it was trained.
        exported: What is to repeat it.
        cells: To compare them on, at most 64 of them; None for synthetic ones.
        tolerance: Largest absolute difference of any logit that passes.

    Raises:
        ParityError: They differ by more; names the worst cell.
    """
    name = "synthetic cells, drawn by hemoscope" if cells is None else cells.name
    frame = trained.frame
    sample = _synthetic(frame.size) if cells is None else read_pixels(cells.spread(COUNT), frame)
    difference = np.abs(_logits(trained, sample) - _logits(exported, sample)).max(axis=1)
    # Where one of the two is not a number, argmax finds it first.
    worst = int(difference.argmax())
    largest, path = float(difference[worst]), str(sample.paths[worst])
    if not largest <= tolerance:
        raise ParityError(
            f"the exported model differs from the trained one: by {largest:.2g} in a logit of "
            f"{path} (of {name}), where at most {tolerance:g} is allowed. Nothing was written. "
            "The exporter changed what the model computes; please report the model's recipe."
        )
    return Parity(cells=name, count=len(sample), tolerance=tolerance, largest=largest, worst=path)


def _logits(scorer: Scorer, sample: Pixels) -> NDArray[np.float32]:
    starts = range(0, len(sample), _BATCH)
    return np.concatenate([scorer.score(sample.pixels[i : i + _BATCH]) for i in starts])


def _synthetic(size: int) -> Pixels:
    wanted = [(label, seed) for label in MORPHOLOGIES for seed in range(_SYNTHETIC_PER_CLASS)]
    return Pixels(
        np.stack([draw_cell(label, seed, size) for label, seed in wanted]),
        np.array([f"synthetic {label} {seed}" for label, seed in wanted], dtype=object),
    )
