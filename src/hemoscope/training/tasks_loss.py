"""The loss of several heads: each only where its label exists."""

from collections.abc import Mapping, Sequence

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from hemoscope.models.heads_config import CLASS
from hemoscope.training.losses import balanced_weights, classification_loss
from hemoscope.training.recipe import Loss, Recipe
from hemoscope.training.tasks import NO_LABEL


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

    def forward(
        self, opinions: Sequence[Mapping[str, Tensor]], targets: Mapping[str, Tensor]
    ) -> dict[str, Tensor]:
        """Each head's loss on a batch, the mean over branches.

        Args:
            opinions: For each branch (a hybrid is its only one), head name ("class" and the tasks)
                to logits (n, answers).
            targets: Head name to (n,) places or `NO_LABEL`.

        Returns:
            Head name to a scalar, unweighted.
        """
        return {
            name: torch.stack(
                [self._one(name, each[name], targets[name]) for each in opinions]
            ).mean()
            for name in self._share
        }

    def _one(self, name: str, logits: Tensor, targets: Tensor) -> Tensor:
        return masked_loss(logits, targets, self._loss, getattr(self, _buffer(name)))

    def total(self, losses: Mapping[str, Tensor]) -> Tensor:
        """The weighted sum over heads of what `forward` gave, a scalar."""
        return torch.stack([self._share[name] * loss for name, loss in losses.items()]).sum()


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
