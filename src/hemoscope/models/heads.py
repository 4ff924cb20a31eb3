"""Further heads: for each task a linear layer on the fused vector, or a sum over classes."""

from collections.abc import Mapping, Sequence

import torch
from torch import Tensor, nn

from hemoscope.errors import HemoscopeError
from hemoscope.models.heads_config import CLASS, HeadConfig


class TaskHeads(nn.Module):
    """What a model answers beside the class.

    A task of its own has a linear layer. A task whose answers are sets of classes has no
    parameters: the logit of a set is the log of the summed exponentials of its classes' logits, so
    that its softmax is exactly the summed probability of the classes.
    """

    def __init__(
        self, tasks: Mapping[str, HeadConfig], *, width: int, dropout: float, classes: int
    ) -> None:
        """Lay out the heads.

        Args:
            tasks: Task name to what it answers.
            width: Of the fused vector.
            dropout: Before each layer.
            classes: Number of the main head's logits.

        Raises:
            HemoscopeError: The sets of a task name more or fewer classes than there are.
        """
        super().__init__()
        self.tasks = dict(tasks)
        for name, task in self.tasks.items():
            _check_members(name, task, classes)
        self.dropout = nn.Dropout(dropout)
        # The prefix keeps any task's name apart from the methods of ModuleDict.
        self.layers = nn.ModuleDict(
            {
                f"task_{name}": nn.Linear(width, len(task.answers))
                for name, task in self.tasks.items()
                if task.members is None
            }
        )

    def forward(self, vector: Tensor, class_logits: Tensor) -> dict[str, Tensor]:
        """The logits of every task.

        Args:
            vector: (batch, width), fused.
            class_logits: (batch, classes).

        Returns:
            Task name to (batch, answers).
        """
        return {
            name: self.layers[f"task_{name}"](self.dropout(vector))
            if task.members is None
            else summed_logits(class_logits, task.members)
            for name, task in self.tasks.items()
        }

    def mean(self, answers: Sequence[Mapping[str, Tensor]]) -> dict[str, Tensor]:
        """What several branches say together: the mean of their logits, head by head.

        A sum over classes is taken of the mean, so that it never contradicts the mean's class.

        Args:
            answers: For each branch, "class" and task names to (batch, answers).

        Returns:
            The same names to (batch, answers).
        """
        means = {
            name: torch.stack([each[name] for each in answers]).mean(dim=0) for name in answers[0]
        }
        sums = {
            name: summed_logits(means[CLASS], task.members)
            for name, task in self.tasks.items()
            if task.members is not None
        }
        return means | sums


def summed_logits(class_logits: Tensor, members: tuple[tuple[int, ...], ...]) -> Tensor:
    """(batch, classes) to (batch, sets): log Σ exp over the classes of each set.

    Args:
        class_logits: (batch, classes).
        members: The places of each set's classes; every class in exactly one set.
    """
    sets = [class_logits[:, list(part)].logsumexp(dim=1) for part in members]
    return torch.stack(sets, dim=1)


def _check_members(name: str, task: HeadConfig, classes: int) -> None:
    if task.members is None:
        return
    named = sum(len(part) for part in task.members)
    if named != classes:
        raise HemoscopeError(
            f"The answers of task {name} are sets of {named} classes, but the model tells "
            f"{classes} apart. Every class belongs to exactly one answer."
        )
