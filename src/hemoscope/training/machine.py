"""On what a model is trained: processors and nodes, in Lightning's terms."""

from dataclasses import dataclass
from typing import Any

import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch import Trainer

from hemoscope.training.errors import TrainingError
from hemoscope.training.recipe import Recipe


@dataclass(frozen=True)
class Machine:
    """What to train on; Lightning's names. Several nodes: start it with torchrun or SLURM."""

    accelerator: str = "auto"
    devices: str = "auto"
    nodes: int = 1

    @property
    def several_processes(self) -> bool:
        """Whether one model is trained by more than one process."""
        if self.devices == "auto":
            gpus = 0 if self.accelerator == "cpu" else torch.cuda.device_count()
            return self.nodes > 1 or gpus > 1
        return self.nodes > 1 or self.devices != "1"


def trainer_on(machine: Machine, recipe: Recipe, **options: Any) -> Trainer:
    """Lightning's trainer on that machine.

    Raises:
        TrainingError: There is no such machine here.
    """
    try:
        return Trainer(
            accelerator=machine.accelerator,
            devices=machine.devices,
            num_nodes=machine.nodes,
            strategy=_strategy(machine, recipe),
            **options,
        )
    except (MisconfigurationException, ValueError) as error:
        raise TrainingError(
            f"this machine cannot train as asked (accelerator {machine.accelerator}, devices "
            f"{machine.devices}, nodes {machine.nodes}): {error}"
        ) from error


def _strategy(machine: Machine, recipe: Recipe) -> str:
    """Lightning's own choice, unless parts of the model come and go between processes."""
    if recipe.freezing.unfreezing and machine.several_processes:
        return "ddp_find_unused_parameters_true"
    return "auto"
