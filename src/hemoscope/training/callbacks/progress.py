"""Progress on standard error: a live bar on a terminal, plain lines in a log."""

import sys
import time
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.callbacks import RichProgressBar
from lightning.pytorch.utilities.types import STEP_OUTPUT

from hemoscope.training.module import training_module

SECONDS_BETWEEN_LINES = 30.0


class ProgressLines(Callback):
    """A line every half minute and at each epoch's end, for logs."""

    def __init__(self) -> None:
        self._said = self._started = 0.0
        self._images = 0
        self._steps_before = 0

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Starts the clock; a resumed run counts its own steps only."""
        self._started = self._said = time.perf_counter()
        self._steps_before = trainer.global_step
        self._images = 0

    def on_train_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: STEP_OUTPUT,
        batch: Any,
        batch_idx: int,
    ) -> None:
        """Says where training stands, when the last line is old enough."""
        self._images += len(batch["targets"]) * trainer.world_size
        now = time.perf_counter()
        if now - self._said < SECONDS_BETWEEN_LINES or not trainer.is_global_zero:
            return
        self._said = now
        seconds = now - self._started
        done = trainer.global_step - self._steps_before
        left = (trainer.estimated_stepping_batches - trainer.global_step) * seconds / max(1, done)
        _say(
            f"epoch {trainer.current_epoch + 1}/{trainer.max_epochs} "
            f"step {batch_idx + 1}/{trainer.num_training_batches}  "
            f"loss {training_module(pl_module).running('train_loss'):.4f}  "
            f"accuracy {training_module(pl_module).running('train_accuracy'):.4f}  "
            f"{self._images / seconds:.1f} images/s  {left / 60:.0f} min left"
        )

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Says what the epoch came to."""
        if trainer.is_global_zero:
            shown = ("train_loss", "train_accuracy", "val_loss", "val_accuracy")
            figures = "  ".join(f"{n} {float(trainer.callback_metrics[n]):.4f}" for n in shown)
            _say(f"epoch {trainer.current_epoch + 1}/{trainer.max_epochs} done  {figures}")


class LiveBar(RichProgressBar):
    """Lightning's bar (loss, accuracy, time left) with images per second, on standard error."""

    def __init__(self) -> None:
        super().__init__(refresh_rate=5, leave=True, console_kwargs={"stderr": True})
        self._epoch_started = 0.0
        self._images = 0

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Starts the clock of the epoch."""
        super().on_train_epoch_start(trainer, pl_module)
        self._epoch_started, self._images = time.perf_counter(), 0

    def on_train_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: STEP_OUTPUT,
        batch: Any,
        batch_idx: int,
    ) -> None:
        """Counts the batch."""
        self._images += len(batch["targets"]) * trainer.world_size
        super().on_train_batch_end(trainer, pl_module, outputs, batch, batch_idx)

    def get_metrics(self, trainer: Trainer, pl_module: LightningModule) -> dict[str, Any]:
        """The bar's figures: running loss and accuracy of this epoch, and images per second."""
        metrics = super().get_metrics(trainer, pl_module)
        metrics.pop("v_num", None)
        if self._images:
            metrics["loss"] = training_module(pl_module).running("train_loss")
            metrics["accuracy"] = training_module(pl_module).running("train_accuracy")
            metrics["images/s"] = self._images / (time.perf_counter() - self._epoch_started)
        return metrics


def progress_callbacks() -> list[Callback]:
    """The bar on a terminal, lines elsewhere."""
    return [LiveBar()] if sys.stderr.isatty() else [ProgressLines()]


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')}  {line}\n")
    sys.stderr.flush()
