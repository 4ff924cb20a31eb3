"""What a model with heads for attributes sees of the cells that are explained."""

import numpy as np
import torch
from numpy.typing import NDArray

from hemoscope.explanation.scoring import BATCH, as_images, parts_of
from hemoscope.inference.speaking import cells_in_words, speaks
from hemoscope.inference.torch_scorer import model_tasks
from hemoscope.models.hybrid import HybridClassifier


def words_of(model: HybridClassifier, pixels: NDArray[np.uint8]) -> tuple[str, ...] | None:
    """A line for each cell, in one more pass; None for a model without such heads.

    Args:
        model: In eval mode.
        pixels: (n, size, size, 3) uint8 RGB.
    """
    tasks = model_tasks(model.config)
    if not speaks(tasks):
        return None
    lines: list[str] = []
    with torch.inference_mode():
        for part in parts_of(len(pixels), BATCH):
            said = model.answers(as_images(pixels[part]))
            answers = {name: said[name].float().cpu().numpy() for name in tasks}
            lines.extend(cells_in_words(tasks, answers))
    return tuple(lines)
