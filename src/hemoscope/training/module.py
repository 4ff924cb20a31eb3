"""What one training step and one validation step are."""

from collections.abc import Mapping, Sequence
from typing import Any

import torch
from lightning.pytorch import LightningModule
from lightning.pytorch.utilities.types import OptimizerLRScheduler
from torch import Tensor
from torch.nn.utils import clip_grad_norm_
from torch.optim import AdamW, Optimizer
from torch.optim.lr_scheduler import LambdaLR

from hemoscope.models.freezing import freeze, frozen_modules, plan_at
from hemoscope.models.groups import parameter_groups
from hemoscope.models.heads_config import CLASS
from hemoscope.models.joint import Classifier, branches_of
from hemoscope.training.augmentation import augment, centre, to_unit_range
from hemoscope.training.data import Batch
from hemoscope.training.distillation import Teacher, distillation_loss
from hemoscope.training.divergence import LOSSES, DivergedError
from hemoscope.training.figures import EpochFigures
from hemoscope.training.mutual import mutual_loss
from hemoscope.training.recipe import Recipe
from hemoscope.training.schedule import rate_factor
from hemoscope.training.tasks_loss import HeadLosses

# Keeps the seeds of different steps and processes apart; any large odd number would do.
_SEED_STRIDE = 1_000_003


def training_module(module: LightningModule) -> "TrainingModule":
    """The module that Lightning hands to a callback, as what it is here."""
    if not isinstance(module, TrainingModule):
        raise TypeError(f"this callback goes with a TrainingModule, not {type(module).__name__}")
    return module


class TrainingModule(LightningModule):
    """A model, its recipe, its teacher if it has one, and the figures of the epoch under way.

    A joint model gets every batch through all of its branches, which share its heads: a head's loss
    is the mean over branches, and what a teacher and the other branches say concerns the class.

    Every random draw (dropout, augmentation) is seeded anew each step from the recipe's seed and
    the step, so that a run goes on after an interruption as if there had been none.
    """

    teacher: Teacher | None

    def __init__(
        self,
        model: Classifier,
        recipe: Recipe,
        class_weights: Tensor | None = None,
        task_weights: Mapping[str, Tensor | None] | None = None,
    ) -> None:
        super().__init__()
        self.model = model.to(memory_format=torch.channels_last)
        self.recipe = recipe
        self.teacher = None
        self.losses = HeadLosses(recipe, {CLASS: class_weights, **(task_weights or {})})
        self._branches = tuple(filter(None, branches_of(model)))
        self.figures = EpochFigures(tuple(recipe.tasks), self._branches)
        self._generator = torch.Generator()
        schedule = recipe.freezing.schedule
        for plan in schedule.values():
            frozen_modules(model, plan)  # a plan that does not fit is said now, not epochs later
        # What several processes share is settled before the first epoch: a parameter that is
        # frozen by then would never be shared, so that a schedule starts only in that epoch.
        if len(schedule) == 1:
            self._freeze(0)

    def on_fit_start(self) -> None:
        """Brings the teacher to the device, for Lightning knows nothing of it."""
        if self.teacher is not None:
            self.teacher.to(self.device)

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
                self.recipe.augmentation_at(self.current_epoch),
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
        opinions = {
            name: branch.answers(images) for name, branch in branches_of(self.model).items()
        }
        targets = {CLASS: batch["targets"], **batch["tasks"]}
        losses = self.losses(list(opinions.values()), targets)
        self._count(opinions, targets, losses, stage)
        # Validation figures are of the labels alone, to compare with those of any other run.
        if stage == "train":
            said = [each[CLASS] for each in opinions.values()]
            losses[CLASS] = self._with_opinions(losses[CLASS], said, images)
        total = self.losses.total(losses)
        self.figures.add(f"{stage}_loss", total, weight=len(images))
        return total

    def _count(
        self,
        opinions: Mapping[str, Mapping[str, Tensor]],
        targets: Mapping[str, Tensor],
        losses: Mapping[str, Tensor],
        stage: str,
    ) -> None:
        """Takes a batch into the figures of heads, by the mean of branches, and of each branch."""
        together = self.model.heads.mean(list(opinions.values()))
        for head, logits in together.items():
            self.figures.add_task(stage, head, losses[head], logits, targets[head])
        for name in self._branches:
            self.figures.add_branch(stage, name, opinions[name][CLASS], targets[CLASS])

    def _with_opinions(self, loss: Tensor, opinions: Sequence[Tensor], images: Tensor) -> Tensor:
        """The class's loss, with what a teacher and the other branches say of the class.

        Args:
            loss: Of the labels, a scalar.
            opinions: Logits (n, classes) of each branch.
            images: What they were asked of.
        """
        how, mutual = self.recipe.distillation, self.recipe.loss.mutual
        if self.teacher is not None:
            taught = self.teacher.logits(images)
            losses = [distillation_loss(logits, taught, how.temperature) for logits in opinions]
            loss = how.weight * torch.stack(losses).mean() + (1 - how.weight) * loss
        return loss + mutual * mutual_loss(opinions) if mutual else loss

    def on_validation_epoch_end(self) -> None:
        """Publishes the epoch's figures, training's as well: validation is its last act.

        Training's are means over the epoch, dropout and augmentation and all.

        Raises:
            DivergedError: The loss is no number any more. No checkpoint of this epoch is written.
        """
        metric: Any
        for name, metric in self.figures.items():
            # The metric has asked the other processes already; sync_dist only tells Lightning so.
            mean = metric.compute()
            if name in LOSSES and not mean.isfinite():
                raise DivergedError(self.current_epoch + 1)
            self.log(name, mean, prog_bar=True, sync_dist=True)
            metric.reset()

    def running(self, name: str) -> float:
        """A figure of this process over the epoch so far; asks no other process."""
        return self.figures.so_far(name)

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
        # Fused: a step over the 357 million parameters of a table2 model takes 0.2 s, not 1.8.
        adamw = AdamW(groups, fused=True)
        schedule = LambdaLR(adamw, lambda step: rate_factor(step, steps, optimiser))
        return {"optimizer": adamw, "lr_scheduler": {"scheduler": schedule, "interval": "step"}}

    def configure_gradient_clipping(
        self,
        optimizer: Optimizer,
        gradient_clip_val: float | None = None,
        gradient_clip_algorithm: str | None = None,
    ) -> None:
        """Clips by the norm of all gradients.

        Lightning's own refuses to clip for a fused optimiser in mixed precision, for the sake of
        float16's scaled gradients; bfloat16's are not scaled.
        """
        if gradient_clip_val is not None:
            clip_grad_norm_(self.parameters(), gradient_clip_val)

    def head_rate(self) -> float:
        """The learning rate of the last parameter group (the head), for the history."""
        optimiser: Any = self.optimizers(use_pl_optimizer=False)
        return float(optimiser.param_groups[-1]["lr"])
