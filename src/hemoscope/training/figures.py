"""The figures of the epoch under way: loss and accuracy, of tasks and of branches as well."""

from collections.abc import Sequence
from typing import cast

import torch
from torch import Tensor
from torchmetrics import MeanMetric

from hemoscope.history import FIGURES
from hemoscope.models.heads_config import CLASS
from hemoscope.training.tasks import NO_LABEL

_STAGES = ("train", "val")


class EpochFigures(torch.nn.ModuleDict):
    """Means over the epoch, by the names of the columns of `history.csv`.

    STAGE_loss is of all heads together, STAGE_accuracy of the class. A task has STAGE_TASK_loss and
    STAGE_TASK_accuracy, a branch STAGE_accuracy_BRANCH; STAGE is train or val.

    Attributes:
        further: Names of the figures that only some runs have: those of tasks, then of branches.
    """

    def __init__(self, tasks: Sequence[str], branches: Sequence[str]) -> None:
        """Lay out the figures.

        Args:
            tasks: Names of the tasks beside the class.
            branches: Names of the branches of a joint model.
        """
        of_tasks = [
            f"{stage}_{task}_{figure}"
            for task in tasks
            for stage in _STAGES
            for figure in ("loss", "accuracy")
        ]
        of_branches = [f"{stage}_accuracy_{name}" for name in branches for stage in _STAGES]
        further = (*of_tasks, *of_branches)
        super().__init__({name: MeanMetric() for name in (*FIGURES, *further)})
        self.further = further

    def __getitem__(self, key: str) -> MeanMetric:
        """The mean under a name."""
        return cast("MeanMetric", super().__getitem__(key))

    def add(self, name: str, value: Tensor, weight: Tensor | int = 1) -> None:
        """Takes a value, or a vector of them, into a mean.

        What is no number counts as infinite: `MeanMetric` would leave it out, and the mean of a
        training that has diverged would look sound.
        """
        self[name].update(value.detach().nan_to_num(nan=torch.inf), weight=weight)

    def add_task(self, stage: str, task: str, loss: Tensor, logits: Tensor, target: Tensor) -> None:
        """Takes a batch into the figures of a task, over the cells that have its label.

        Args:
            stage: train or val.
            task: Which.
            loss: A scalar, the mean over these cells.
            logits: (n, answers).
            target: (n,) places or `NO_LABEL`.
        """
        own = stage if task == CLASS else f"{stage}_{task}"
        if task != CLASS:
            self.add(f"{own}_loss", loss, weight=(target != NO_LABEL).sum())
        self.add(f"{own}_accuracy", _right(logits, target))

    def add_branch(self, stage: str, branch: str, logits: Tensor, target: Tensor) -> None:
        """Takes a batch into the accuracy of a branch; (n, classes) and (n,)."""
        self.add(f"{stage}_accuracy_{branch}", _right(logits, target))

    def so_far(self, name: str) -> float:
        """A figure of this process; asks no other process."""
        return float(self[name].mean_value / self[name].weight)


def _right(logits: Tensor, target: Tensor) -> Tensor:
    """1 or 0 for each cell that has a label."""
    return (logits.argmax(dim=1) == target)[target != NO_LABEL].float()
