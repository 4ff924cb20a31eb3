"""Progress on standard error: a live bar on a terminal, plain lines in a log."""

import sys
import time
from datetime import timedelta
from typing import Any

from lightning.pytorch import Callback, LightningModule, Trainer
from lightning.pytorch.utilities.types import STEP_OUTPUT
from rich.console import Console
from rich.progress import BarColumn, MofNCompleteColumn, Progress, TextColumn

from hemoscope.history import FIGURES
from hemoscope.training.module import training_module

SECONDS_BETWEEN_LINES = 30.0


class Pace:
    """How fast a training goes, since it was started or resumed."""

    def __init__(self, trainer: Trainer) -> None:
        self._began = time.perf_counter()
        self._steps_before = trainer.global_step
        self._training = self._epoch_began = 0.0
        self._images = 0

    def epoch_begins(self) -> None:
        """Images per second are counted from here: validation is no part of them."""
        self._epoch_began, self._images = time.perf_counter(), 0

    def count(self, trainer: Trainer, images: int) -> None:
        """Adds a batch of this process; the others have done as many."""
        self._images += images * trainer.world_size
        self._training = time.perf_counter() - self._epoch_began

    def images_per_second(self) -> float:
        """Of all processes, in this epoch."""
        return self._images / self._training

    def left(self, trainer: Trainer) -> str:
        """Time until the last epoch ends, as h:mm:ss; validation so far counts."""
        done = max(1, trainer.global_step - self._steps_before)
        to_do = trainer.estimated_stepping_batches - trainer.global_step
        seconds = to_do * (time.perf_counter() - self._began) / done
        return str(timedelta(seconds=round(seconds)))


class ProgressLines(Callback):
    """A line every half minute and at each epoch's end, for logs."""

    def __init__(self) -> None:
        self._said = 0.0
        self._pace: Pace | None = None

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Starts the clock; a resumed run counts its own steps only."""
        self._said, self._pace = time.perf_counter(), Pace(trainer)

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Starts the clock of the epoch."""
        if self._pace:
            self._pace.epoch_begins()

    def on_train_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: STEP_OUTPUT,
        batch: Any,
        batch_idx: int,
    ) -> None:
        """Says where training stands, when the last line is old enough."""
        if self._pace is None:
            return
        self._pace.count(trainer, len(batch["targets"]))
        now = time.perf_counter()
        if now - self._said < SECONDS_BETWEEN_LINES or not trainer.is_global_zero:
            return
        self._said = now
        place = f"step {batch_idx + 1}/{trainer.num_training_batches}"
        figures = _figures_so_far(trainer, pl_module, self._pace)
        _say(f"{_epoch(trainer)}  {place}  {figures}")

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Says what the epoch came to."""
        if trainer.is_global_zero:
            _say(f"{_epoch(trainer)} done  {_figures_of_epoch(trainer)}")


class LiveBar(Callback):
    """One line that moves: loss and accuracy of the epoch so far, images per second, time left.

    What each finished epoch came to stays above it.
    """

    def __init__(self) -> None:
        self._bar = Progress(
            TextColumn("{task.description}"),
            BarColumn(bar_width=20),
            MofNCompleteColumn(),
            TextColumn("{task.fields[figures]}"),
            console=Console(stderr=True, highlight=False),
            refresh_per_second=4,
            transient=True,
        )
        self._task = self._bar.add_task("", total=None, figures="")
        self._pace: Pace | None = None

    def on_train_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Shows the bar, in the first process only."""
        self._pace = Pace(trainer)
        if trainer.is_global_zero:
            self._bar.start()

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Starts the clock of the epoch, and the bar from 0."""
        if self._pace:
            self._pace.epoch_begins()
        total = int(trainer.num_training_batches)
        self._bar.reset(self._task, total=total, description=_epoch(trainer), figures="")

    def on_train_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: STEP_OUTPUT,
        batch: Any,
        batch_idx: int,
    ) -> None:
        """Counts the batch and brings the figures up to date."""
        if self._pace is None:
            return
        self._pace.count(trainer, len(batch["targets"]))
        figures = _figures_so_far(trainer, pl_module, self._pace)
        self._bar.update(self._task, completed=batch_idx + 1, figures=figures)

    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Starts from 0 once more, over the validation batches."""
        total = int(sum(trainer.num_val_batches))
        self._bar.reset(self._task, total=total, description=f"{_epoch(trainer)} validating")

    def on_validation_batch_end(
        self,
        trainer: Trainer,
        pl_module: LightningModule,
        outputs: STEP_OUTPUT,
        batch: Any,
        batch_idx: int,
        dataloader_idx: int = 0,
    ) -> None:
        """Counts the batch."""
        self._bar.advance(self._task)

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Leaves a line with what the epoch came to."""
        if trainer.is_global_zero:
            self._bar.console.print(
                f"{_epoch(trainer)}  {_figures_of_epoch(trainer)}", soft_wrap=True
            )

    def on_train_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Takes the bar away."""
        self._bar.stop()

    def on_exception(
        self, trainer: Trainer, pl_module: LightningModule, exception: BaseException
    ) -> None:
        """Gives the terminal back as it was."""
        self._bar.stop()


def progress_callbacks() -> list[Callback]:
    """The bar on a terminal, lines elsewhere."""
    return [LiveBar()] if sys.stderr.isatty() else [ProgressLines()]


def _epoch(trainer: Trainer) -> str:
    return f"epoch {trainer.current_epoch + 1}/{trainer.max_epochs}"


def _figures_so_far(trainer: Trainer, module: LightningModule, pace: Pace) -> str:
    mine = training_module(module)
    return (
        f"loss {mine.running('train_loss'):.3f}  accuracy {mine.running('train_accuracy'):.3f}  "
        f"{pace.images_per_second():.1f} images/s  {pace.left(trainer)} left"
    )


def _figures_of_epoch(trainer: Trainer) -> str:
    return "  ".join(f"{n} {float(trainer.callback_metrics[n]):.4f}" for n in FIGURES)


def _say(line: str) -> None:
    sys.stderr.write(f"{time.strftime('%H:%M:%S')}  {line}\n")
    sys.stderr.flush()
