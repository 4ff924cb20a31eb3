"""A pruning, opened and checked before anything is removed."""

import json
from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from pydantic import ValidationError

from hemoscope.cells import CellFailure, CellTable, open_cells
from hemoscope.compression.cells import pruning_cells
from hemoscope.compression.errors import PruningError
from hemoscope.compression.folder import PruningFolder
from hemoscope.compression.guides import check_guide
from hemoscope.compression.journal import Journal, Origin
from hemoscope.compression.settings import Settings
from hemoscope.compression.suitable import check_suitable
from hemoscope.compression.tuning import lasting, tuning_recipe
from hemoscope.errors import UsageError
from hemoscope.files import cause
from hemoscope.inference.bundle import file_digest
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.models.store import load_classifier, load_model
from hemoscope.training.cells import TrainingCells
from hemoscope.training.distillation import describe_teacher
from hemoscope.training.machine import Machine
from hemoscope.training.provenance import describe_run
from hemoscope.training.recipe import Recipe
from hemoscope.training.run_folder import RunFolder, open_run, read_provenance

Progress = Callable[[int, int], None]


@dataclass(frozen=True)
class Task:
    """Everything that a pruning needs.

    Attributes:
        source: The run that is pruned.
        folder: What it becomes.
        classes: In the order of the logits.
        table: The cells of all splits.
        cells: The two splits that are used.
        failures: Cells that could not be read.
        recipe: Of every fine-tuning.
        machine: What to fine-tune on.
        device: What scores and measures.
        provenance: Of the fine-tunings, and of the run at the end.
    """

    source: RunFolder
    folder: PruningFolder
    classes: tuple[str, ...]
    table: CellTable
    cells: TrainingCells
    failures: tuple[CellFailure, ...]
    recipe: Recipe
    machine: Machine
    device: torch.device
    provenance: dict[str, Any]

    def current(self, journal: Journal) -> HybridClassifier:
        """The model of the last accepted step, on the device, in eval mode."""
        kept = journal.kept
        run = self.source if kept is None else self.folder.step(kept.step).run
        return load_model(run.model).model.to(self.device)


def start_pruning(
    run: Path,
    cells: str,
    out: Path,
    settings: Settings,
    *,
    accelerator: str = "auto",
    progress: Progress | None = None,
) -> tuple[Task, Journal]:
    """A new pruning in a new folder.

    Args:
        run: A finished run folder.
        cells: SOURCE with the split column of the run's recipe.
        out: The folder to make.
        settings: How.
        accelerator: Lightning's name: auto, cpu, gpu.
        progress: Called with (cells done, cells in all) while they are decoded.

    Raises:
        UsageError: There is no such guide, or `out` is `run`.
        PruningError: The run is not finished, its model has no encoder or further tasks, `out` is
            taken, or the cells do not go with the model.
        HemoscopeError: As opening cells, the run and its teacher raises.
    """
    check_guide(settings.guide)
    source, folder = _finished(run), PruningFolder(out)
    _check_free(folder, run)
    task, origin = _open(source, cells, folder, settings, accelerator, progress)
    journal = Journal(origin=origin, settings=lasting(settings, task.recipe))
    try:
        out.mkdir(parents=True, exist_ok=True)
        journal.write(folder.journal)
    except OSError as error:
        raise PruningError(f"cannot write to {out}: {cause(error)}.") from error
    return task, journal


def resume_pruning(
    run: Path, cells: str, out: Path, *, accelerator: str = "auto", progress: Progress | None = None
) -> tuple[Task, Journal]:
    """The pruning in a folder, with the settings that it was started with.

    Raises:
        PruningError: There is none, it is finished, or run, teacher or cells were others.
    """
    folder = PruningFolder(out)
    journal = _read(folder)
    if folder.run.finished:
        raise PruningError(f"the pruning in {out} came to its end; there is nothing to resume.")
    task, origin = _open(_finished(run), cells, folder, journal.settings, accelerator, progress)
    before = journal.origin
    if origin.model_sha256 != before.model_sha256:
        raise PruningError(f"the pruning in {out} was started on another model than {run} holds.")
    if origin.teacher != before.teacher:
        raise PruningError(
            f"the pruning in {out} was started with another model in "
            f"{task.recipe.distillation.teacher} as its teacher than lies there now. Put that one "
            "back, or start anew in another folder."
        )
    if origin.fingerprint != before.fingerprint:
        raise PruningError(
            f"the pruning in {out} was started on other cells than {cells} holds now (other "
            "names, labels or splits). Go on with the same, or start anew in another folder."
        )
    return task, journal


def _open(
    source: RunFolder,
    cells: str,
    folder: PruningFolder,
    settings: Settings,
    accelerator: str,
    progress: Progress | None,
) -> tuple[Task, Origin]:
    recipe, made_of = tuning_recipe(source.recipe, settings), read_provenance(source)
    stored = load_classifier(source.model)
    check_suitable(stored.model)
    classes = stored.classes
    teacher = describe_teacher(recipe, classes)
    table = open_cells(cells)
    both, failures = pruning_cells(table, recipe, classes, progress)
    digest, fingerprint = file_digest(source.model), table.fingerprint()
    gpu = accelerator != "cpu" and torch.cuda.is_available()
    device = torch.device("cuda" if gpu else "cpu")
    own = made_of.get("data", {}).get("fingerprint") == fingerprint
    pruned = {"pruned_from": {"run": str(source.path), "model_sha256": digest}}
    taught = {} if teacher is None else {"teacher": teacher}
    task = Task(
        source=source,
        folder=folder,
        classes=classes,
        table=table,
        cells=both,
        failures=failures,
        recipe=recipe,
        machine=Machine(accelerator=accelerator, devices="1"),
        device=device,
        provenance=describe_run(table, cells, recipe) | pruned | taught,
    )
    return task, Origin(
        run=str(source.path),
        model_sha256=digest,
        cells=cells,
        fingerprint=fingerprint,
        own_cells=own,
        training_cells=len(both.train),
        validation_cells=len(both.validation),
        device=str(device),
        threads=torch.get_num_threads(),
        teacher=teacher,
    )


def _finished(path: Path) -> RunFolder:
    if (path / "bundle.json").is_file() and not (path / "recipe.yaml").is_file():
        raise PruningError(
            f"{path} is a bundle, which cannot be trained. Name the run folder that it was "
            "exported from, and export the pruned run."
        )
    run = open_run(path)
    if not run.finished:
        raise PruningError(
            f"the run in {path} has not come to its end, so there is no model to prune. Go on "
            "with it: hemoscope train --resume."
        )
    return run


def _check_free(folder: PruningFolder, run: Path) -> None:
    if folder.path.resolve() == run.resolve():
        raise UsageError("--out is RUN itself. The pruned model gets a folder of its own.")
    if folder.journal.is_file() and not folder.run.finished:
        raise PruningError(
            f"{folder.path} holds a pruning already that has not come to its end. Go on with it "
            "by --resume, or name another folder."
        )
    if folder.path.exists() and (not folder.path.is_dir() or any(folder.path.iterdir())):
        raise PruningError(f"{folder.path} exists already. Name a new folder for the pruned run.")


def _read(folder: PruningFolder) -> Journal:
    try:
        return Journal.model_validate(json.loads(folder.journal.read_text(encoding="utf-8")))
    except OSError as error:
        raise PruningError(
            f"{folder.path} holds no pruning (no pruning.json), so there is nothing to resume."
        ) from error
    except (ValueError, ValidationError) as error:
        raise PruningError(f"{folder.journal} is damaged ({error}). Start anew.") from error
