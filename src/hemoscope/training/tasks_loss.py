"""The loss of several heads: each only where its label exists."""

from collections.abc import Mapping
from typing import NamedTuple

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from hemoscope.models.heads_config import CLASS
from hemoscope.training.losses import balanced_weights, classification_loss
from hemoscope.training.recipe import Loss, Recipe
from hemoscope.training.tasks import NO_LABEL


class HeadLoss(NamedTuple):
    """What a batch costs: the weighted sum, and each head's own loss (a scalar, unweighted)."""

    total: Tensor
    each: Mapping[str, Tensor]


class HeadLosses(nn.Module):
    """Each head's loss on the cells that have its label, and their weighted sum.

    Every head has the recipe's kind of loss. The class weighs 1, a task what its plan says.
    """

    def __init__(self, recipe: Recipe, answer_weights: Mapping[str, Tensor | None]) -> None:
        """Lay out the losses.

        Args:
            recipe: Loss and tasks.
            answer_weights: Head name to (answers,) weights; a head that is missing has none.
        """
        super().__init__()
        self._loss = recipe.loss
        self._share = {CLASS: 1.0} | {name: plan.weight for name, plan in recipe.tasks.items()}
        for name in self._share:
            self.register_buffer(_buffer(name), answer_weights.get(name), persistent=False)

    def forward(self, logits: Mapping[str, Tensor], targets: Mapping[str, Tensor]) -> HeadLoss:
        """Losses of a batch.

        Args:
            logits: Head name ("class" and the tasks) to (n, answers).
            targets: Head name to (n,) places or `NO_LABEL`.
        """
        each = {
            name: masked_loss(given, targets[name], self._loss, getattr(self, _buffer(name)))
            for name, given in logits.items()
        }
        total = torch.stack([self._share[name] * loss for name, loss in each.items()]).sum()
        return HeadLoss(total, each)


def masked_loss(logits: Tensor, targets: Tensor, loss: Loss, weights: Tensor | None) -> Tensor:
    """Mean loss over the cells that have a label.

    Args:
        logits: (n, C).
        targets: (n,) places, or `NO_LABEL`, whose logits get no gradient.
        loss: Which kind.
        weights: (C,) positive, or None.

    Returns:
        A scalar; 0 where no cell has a label.
    """
    known = targets != NO_LABEL
    if not known.any():
        # Still a function of the logits: processes that share gradients wait for every head.
        return logits.float().sum() * 0
    return classification_loss(logits[known], targets[known], loss, weights)


def task_weights(
    recipe: Recipe, targets: Mapping[str, NDArray[np.intp]], answers: Mapping[str, int]
) -> dict[str, Tensor | None]:
    """The weights of the answers of each balanced task.

    Args:
        recipe: Says which are balanced.
        targets: Task name to (n,) answers of the training cells.
        answers: Task name to how many answers there are.
    """
    return {
        name: balanced_weights(targets[name][targets[name] != NO_LABEL], answers[name])
        for name, plan in recipe.tasks.items()
        if plan.balanced
    }


def _buffer(task: str) -> str:
    return f"weights of {task}"
