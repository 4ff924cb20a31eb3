"""Whether the exported model says what the trained one says."""

import numpy as np

from hemoscope.cells.synthetic import MORPHOLOGIES, draw_cell
from hemoscope.deployment.samples import NamedCells, Pixels, read_pixels
from hemoscope.errors import HemoscopeError
from hemoscope.inference.bundle_info import Parity
from hemoscope.inference.scorer import Scorer
from hemoscope.inference.tasks import CLASS, Answers, answers_of

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
    """Compares two scorers, logit by logit: of the class, and of every further task.

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
    expected, found = _answers(trained, sample), _answers(exported, sample)
    difference = np.stack([np.abs(expected[h] - found[h]).max(axis=1) for h in expected])
    # Where one of the two is not a number, argmax finds it first.
    head, worst = divmod(int(difference.argmax()), len(sample))
    largest, path = float(difference[head, worst]), str(sample.paths[worst])
    if not largest <= tolerance:
        raise ParityError(
            f"the exported model differs from the trained one: by {largest:.2g} in a logit of "
            f"{_of_task(list(expected)[head])}{path} (of {name}), where at most {tolerance:g} is "
            "allowed. Nothing was written. The exporter changed what the model computes; "
            "please report the model's recipe."
        )
    return Parity(cells=name, count=len(sample), tolerance=tolerance, largest=largest, worst=path)


def _answers(scorer: Scorer, sample: Pixels) -> Answers:
    starts = range(0, len(sample), _BATCH)
    said = [answers_of(scorer, sample.pixels[i : i + _BATCH]) for i in starts]
    return {head: np.concatenate([each[head] for each in said]) for head in said[0]}


def _of_task(head: str) -> str:
    return "" if head == CLASS else f"the task {head} of "


def _synthetic(size: int) -> Pixels:
    wanted = [(label, seed) for label in MORPHOLOGIES for seed in range(_SYNTHETIC_PER_CLASS)]
    return Pixels(
        np.stack([draw_cell(label, seed, size) for label, seed in wanted]),
        np.array([f"synthetic {label} {seed}" for label, seed in wanted], dtype=object),
    )
