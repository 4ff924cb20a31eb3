"""What one training step and one validation step are."""

from collections.abc import Mapping
from typing import Any

import torch
from lightning.pytorch import LightningModule
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor
from torch.optim import AdamW
from torch.optim.lr_scheduler import LambdaLR
from torchmetrics import MeanMetric

from hemoscope.models.freezing import freeze, frozen_modules, plan_at
from hemoscope.models.groups import parameter_groups
from hemoscope.models.heads_config import CLASS
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.training.augmentation import augment, centre, to_unit_range
from hemoscope.training.data import Batch
from hemoscope.training.recipe import Recipe
from hemoscope.training.schedule import rate_factor
from hemoscope.training.tasks import NO_LABEL
from hemoscope.training.tasks_loss import HeadLosses

# Keeps the seeds of different steps and processes apart; any large odd number would do.
_SEED_STRIDE = 1_000_003


def training_module(module: LightningModule) -> "TrainingModule":
    """The module that Lightning hands to a callback, as what it is here."""
    if not isinstance(module, TrainingModule):
        raise TypeError(f"this callback goes with a TrainingModule, not {type(module).__name__}")
    return module


class TrainingModule(LightningModule):
    """A model, its recipe, and the figures of the epoch under way.

    Every random draw (dropout, augmentation) is seeded anew each step from the recipe's seed and
    the step, so that a run goes on after an interruption as if there had been none.
    """

    def __init__(
        self,
        model: HybridClassifier,
        recipe: Recipe,
        class_weights: Tensor | None = None,
        task_weights: Mapping[str, Tensor | None] | None = None,
    ) -> None:
        super().__init__()
        self.model = model.to(memory_format=torch.channels_last)
        self.recipe = recipe
        self.losses = HeadLosses(recipe, {CLASS: class_weights, **(task_weights or {})})
        # A task's figures bear its name; "loss" is of all heads together, "accuracy" of the class.
        own = [f"{task}_{name}" for task in recipe.tasks for name in ("loss", "accuracy")]
        self.figures: Any = torch.nn.ModuleDict(
            {
                f"{stage}_{name}": MeanMetric()
                for stage in ("train", "val")
                for name in ("loss", "accuracy", *own)
            }
        )
        self._generator = torch.Generator()
        schedule = recipe.freezing.schedule
        for plan in schedule.values():
            frozen_modules(model, plan)  # a plan that does not fit is said now, not epochs later
        # What several processes share is settled before the first epoch: a parameter that is
        # frozen by then would never be shared, so that a schedule starts only in that epoch.
        if len(schedule) == 1:
            self._freeze(0)

    def on_train_epoch_start(self) -> None:
        """Freezes what the plan of this epoch says, and frees the rest."""
        self._freeze(self.current_epoch)

    def _freeze(self, epoch: int) -> None:
        freeze(self.model, plan_at(self.recipe.freezing.schedule, epoch))

    def training_step(self, batch: Batch, _index: int) -> Tensor:
        """Loss of one augmented batch."""
        self._seed_step()
        return self._score(self._augmented(batch), batch, "train")

    def _augmented(self, batch: Batch) -> Tensor:
        # Pixels keep float32: eight bits of mantissa would posterise them.
        with torch.autocast(self.device.type, enabled=False):
            return augment(
                to_unit_range(batch["pixels"]),
                self.recipe.augmentation,
                self._generator,
                size=self.recipe.size_at(self.current_epoch),
                margin=self.recipe.frame.margin,
            )

    def _seed_step(self) -> None:
        # Each step anew: between steps Lightning and the loader draw too, and differently so
        # after an interruption.
        seed = self.recipe.seed + _SEED_STRIDE * (self.global_step + 1) + self.global_rank
        torch.manual_seed(seed)
        self._generator.manual_seed(seed)

    def validation_step(self, batch: Batch, _index: int) -> None:
        """Figures of one batch as it is."""
        images = centre(to_unit_range(batch["pixels"]), self.recipe.model.image_size)
        self._score(images, batch, "val")

    def _score(self, images: Tensor, batch: Batch, stage: str) -> Tensor:
        images = images.contiguous(memory_format=torch.channels_last)
        logits = self.model.answers(images)
        targets = {CLASS: batch["targets"], **batch["tasks"]}
        loss = self.losses(logits, targets)
        self.figures[f"{stage}_loss"].update(loss.total.detach(), weight=len(images))
        for head, given in logits.items():
            known = targets[head] != NO_LABEL
            right = (given.argmax(dim=1) == targets[head])[known].float()
            own = stage if head == CLASS else f"{stage}_{head}"
            self.figures[f"{own}_accuracy"].update(right)
            if head != CLASS:
                self.figures[f"{own}_loss"].update(loss.each[head].detach(), weight=known.sum())
        return loss.total

    def on_validation_epoch_end(self) -> None:
        """Publishes the epoch's figures, training's as well: validation is its last act.

        Training's are means over the epoch, dropout and augmentation and all.
        """
        for name, metric in self.figures.items():
            # The metric has asked the other processes already; sync_dist only tells Lightning so.
            self.log(name, metric.compute(), prog_bar=True, sync_dist=True)
            metric.reset()

    def running(self, name: str) -> float:
        """A figure of this process over the epoch so far; asks no other process."""
        metric: Any = self.figures[name]
        return float(metric.mean_value / metric.weight)

    def configure_optimizers(self) -> OptimizerLRScheduler:
        """AdamW over the trainable parameters, a rate for each part, one schedule for all."""
        optimiser = self.recipe.optimiser
        groups = [
            {
                "params": list(group.parameters),
                "lr": getattr(optimiser, group.part),
                "weight_decay": optimiser.weight_decay if group.decay else 0.0,
                "name": f"{group.part}{'' if group.decay else ' (no decay)'}",
            }
            for group in parameter_groups(self.model)
        ]
        steps = int(self.trainer.estimated_stepping_batches)
        adamw = AdamW(groups)
        schedule = LambdaLR(adamw, lambda step: rate_factor(step, steps, optimiser))
        return {"optimizer": adamw, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def head_rate(self) -> float:
        """The learning rate of the last parameter group (the head), for the history."""
        optimiser: Any = self.optimizers(use_pl_optimizer=False)
        return float(optimiser.param_groups[-1]["lr"])
