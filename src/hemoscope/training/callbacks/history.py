"""`history.csv`: one row an epoch, which survives interruptions with the checkpoint."""

import time
from pathlib import Path
from typing import Any

import pandas as pd
from lightning.pytorch import Callback, LightningModule, Trainer

from hemoscope.files import replacing
from hemoscope.history import FIGURES
from hemoscope.training.module import training_module
from hemoscope.training.run_folder import RunFolderError


class History(Callback):
    """Collects the rows and rewrites the file at the end of each epoch.

    The rows travel in the checkpoint: a resumed run starts from the history that belongs to it,
    whatever an interrupted epoch had left in the file.
    """

    def __init__(self, path: Path) -> None:
        self.rows: list[dict[str, float]] = []
        self._path = path
        self._epoch_started = 0.0
        self._train_seconds = 0.0

    @property
    def seconds(self) -> float:
        """All epochs so far, those before an interruption too."""
        return sum(row["seconds"] for row in self.rows)

    def on_train_epoch_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Starts the clock."""
        self._epoch_started = time.perf_counter()

    def on_validation_start(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Stops the clock of training proper: validation is no part of its speed."""
        self._train_seconds = time.perf_counter() - self._epoch_started

    def on_train_epoch_end(self, trainer: Trainer, pl_module: LightningModule) -> None:
        """Adds the epoch's row; `images_per_second` is over the training part of the epoch.

        Figures of tasks and of branches stand after the columns that every run has.
        """
        figures = {name: float(value) for name, value in trainer.callback_metrics.items()}
        cells = len(trainer.train_dataloader.dataset)  # type: ignore[union-attr]
        self.rows.append(
            {
                "epoch": trainer.current_epoch + 1,
                **{name: figures[name] for name in FIGURES},
                "learning_rate": training_module(pl_module).head_rate(),
                "seconds": round(time.perf_counter() - self._epoch_started, 3),
                "images_per_second": round(cells / self._train_seconds, 2),
                **{name: figures[name] for name in training_module(pl_module).figures.further},
            }
        )
        if trainer.is_global_zero:
            self._write()

    def _write(self) -> None:
        with replacing(self._path, RunFolderError) as draft:
            pd.DataFrame(self.rows).to_csv(draft, index=False)

    def state_dict(self) -> dict[str, Any]:
        """The rows so far, into the checkpoint."""
        return {"rows": self.rows}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """The rows up to the checkpoint; later ones in the file belong to a lost epoch."""
        self.rows = list(state_dict["rows"])
