"""One call of `hemoscope train`: open the cells, start or find the run, train, draw the curves."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd
import torch

from hemoscope.cells import CellFailure, CellTable, PixelCache, open_cells
from hemoscope.history import branch_accuracies
from hemoscope.training.cells import TrainingCells, prepare_cells
from hemoscope.training.distillation import describe_teacher, with_absolute_teacher
from hemoscope.training.machine import Machine
from hemoscope.training.processes import is_first_process
from hemoscope.training.provenance import describe_run
from hemoscope.training.recipe import Recipe
from hemoscope.training.run_folder import (
    RunFolder,
    RunFolderError,
    open_run,
    read_provenance,
    read_recipe,
    start_run,
    withdraw_run,
)
from hemoscope.training.train import train_model

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Session:
    """Everything that a training needs, checked, before the first step.

    Attributes:
        run: Where it is kept.
        recipe: What is done.
        cells: The pixels and targets of both splits.
        failures: Cells that could not be read.
        cells_seen: How many the SOURCE names.
        new: Whether the run was started just now, and not gone on with.
    """

    run: RunFolder
    recipe: Recipe
    cells: TrainingCells
    failures: tuple[CellFailure, ...]
    cells_seen: int
    new: bool = False

    @classmethod
    def started(
        cls, source: str, recipe: Recipe, out: Path, *, progress: Progress | None = None
    ) -> "Session":
        """A new run in a new folder, which the first process makes for all of them.

        Raises:
            HemoscopeError: The SOURCE, the recipe or the folder does not do.
        """
        recipe = with_absolute_teacher(recipe)
        table = open_cells(source, blank_labels=bool(recipe.tasks))
        cells, failures = _pixels(table, recipe, progress)
        run = RunFolder(out)
        teacher = describe_teacher(recipe, cells.classes)
        if is_first_process():
            provenance = describe_run(table, source, recipe)
            run = start_run(out, recipe, provenance | ({"teacher": teacher} if teacher else {}))
        return cls(run, recipe, cells, failures, len(table), new=True)

    @classmethod
    def resumed(cls, source: str, out: Path, *, progress: Progress | None = None) -> "Session":
        """The run in a folder, with the recipe that it was started with.

        Raises:
            RunFolderError: There is no run, it is finished, or its cells or its teacher were
                others.
        """
        run = open_run(out)
        if run.finished:
            raise RunFolderError(f"the run in {out} came to its end; there is nothing to resume.")
        recipe = read_recipe(run)
        table = open_cells(source, blank_labels=bool(recipe.tasks))
        before = read_provenance(run)
        if table.fingerprint() != before["data"]["fingerprint"]:
            raise RunFolderError(
                f"the run in {out} was started on other cells than {source} holds now (other "
                "names, labels or splits). Go on with the same SOURCE, or start a new run."
            )
        cells, failures = _pixels(table, recipe, progress)
        if describe_teacher(recipe, cells.classes) != before.get("teacher"):
            raise RunFolderError(
                f"the run in {out} was started with another model in {recipe.distillation.teacher} "
                "as its teacher than lies there now. Put that one back, or start a new run."
            )
        return cls(run, recipe, cells, failures, len(table))

    def where(self) -> str:
        """What a resumed run starts from, in words."""
        if not self.run.last_checkpoint.is_file():
            return "the beginning (no epoch was complete)"
        return f"the end of epoch {_epochs_in(self.run.last_checkpoint)}"

    def train(self, machine: Machine | None = None) -> None:
        """Trains to the end, and draws the curves.

        Raises:
            HemoscopeError: The weights, the plan or the machine do not do, or it diverged. A new
                run that comes to no complete epoch leaves its folder free, so that it can be
                started once more with the mistake mended.
        """
        from hemoscope.reports import save_history_figure  # noqa: PLC0415 (opens matplotlib)

        try:
            train_model(self.cells, self.recipe, self.run, machine=machine)
        except Exception:
            if self.new and is_first_process() and not self.run.last_checkpoint.is_file():
                withdraw_run(self.run)
            raise
        if not is_first_process():
            return
        save_history_figure(pd.read_csv(self.run.history), self.run.path / "history.svg")

    def outcome(self) -> dict[str, Any]:
        """The figures of the kept epoch, as plain JSON values."""
        history = pd.read_csv(self.run.history)
        best = self.recipe.keep == "best"
        kept = int(history["val_accuracy"].to_numpy().argmax()) if best else -1
        row = history.iloc[kept]
        return {
            "run": str(self.run.path),
            "epochs": len(history),
            "kept_epoch": int(row["epoch"]),
            "val_accuracy": float(row["val_accuracy"]),
            "val_loss": float(row["val_loss"]),
            **{str(name): float(row.loc[name]) for name in branch_accuracies(history)},
            "seconds": float(history["seconds"].sum()),
            "images_per_second": float(history["images_per_second"].mean()),
        }


def _epochs_in(checkpoint: Path) -> int:
    """Complete epochs in a checkpoint; the history may be an epoch ahead after a kill."""
    # Mapped, so that the weights are not read for one number.
    state = torch.load(checkpoint, map_location="cpu", weights_only=True, mmap=True)
    return state["epoch"] + 1


def _pixels(
    table: CellTable, recipe: Recipe, progress: Progress | None
) -> tuple[TrainingCells, tuple[CellFailure, ...]]:
    cached = PixelCache().open(table, recipe.frame, progress=progress)
    return prepare_cells(table, cached, cached.readable, recipe), cached.failures
