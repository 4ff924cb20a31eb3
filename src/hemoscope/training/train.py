"""`train_model`: cells and a recipe become a trained model in a run folder."""

import shutil
import sys
from collections.abc import Mapping
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import torch
from lightning.pytorch import Callback, seed_everything
from lightning.pytorch.loggers import TensorBoardLogger

from hemoscope.models.backbones.backbone import map_shapes
from hemoscope.models.joint import branches_of
from hemoscope.models.joint_build import Weights, build_classifier
from hemoscope.models.store import save_model
from hemoscope.training.callbacks.checkpoints import best_epoch, last_epoch
from hemoscope.training.callbacks.early_stopping import stop_early
from hemoscope.training.callbacks.ema import averaged_weights
from hemoscope.training.callbacks.history import History
from hemoscope.training.callbacks.progress import progress_callbacks
from hemoscope.training.cells import TrainingCells
from hemoscope.training.data import CellData
from hemoscope.training.distillation import open_teacher
from hemoscope.training.interruption import told_as_an_error
from hemoscope.training.losses import balanced_weights
from hemoscope.training.machine import Machine, trainer_on
from hemoscope.training.memory import kept_memory
from hemoscope.training.module import TrainingModule
from hemoscope.training.precision import LightningPrecision, in_words, lightning_precision
from hemoscope.training.processes import is_first_process
from hemoscope.training.quiet import quiet_library
from hemoscope.training.recipe import Recipe
from hemoscope.training.run_folder import RunFolder, read_provenance, write_provenance
from hemoscope.training.start import start_from
from hemoscope.training.tasks import NO_LABEL
from hemoscope.training.tasks_loss import task_weights


def train_model(
    cells: TrainingCells,
    recipe: Recipe,
    run: RunFolder,
    *,
    machine: Machine | None = None,
    extra_callbacks: tuple[Callback, ...] = (),
    start: Mapping[str, torch.Tensor] | None = None,
) -> None:
    """Trains, or goes on training where the last checkpoint stands, and keeps the model.

    Args:
        cells: From `prepare_cells`.
        recipe: Of the run folder.
        run: Started by `start_run`; holds `model.safetensors` and `history.csv` afterwards.
        machine: Processors and nodes.
        extra_callbacks: Further Lightning callbacks.
        start: The state of a whole model to begin with, in place of the recipe's weights and of
            the run that it starts from.

    Raises:
        HemoscopeError: The weights or the teacher that the recipe names do not do.
        TrainingInterruptedError: A signal (Ctrl-C, or that of a queue) ended it.
    """
    machine = machine or Machine()
    teacher = open_teacher(recipe, cells.classes)
    with quiet_library():
        seed_everything(recipe.seed, workers=True, verbose=False)
        resuming = run.last_checkpoint.is_file()
        module = _module(cells, recipe, weights="none" if resuming else recipe.weights)
        module.teacher = teacher
        history = History(run.history)
        if start is not None and not resuming:
            module.model.load_state_dict(start)
        elif recipe.start_from is not None and not resuming:
            _start(module, Path(recipe.start_from), run)
        precision = lightning_precision(recipe.precision, machine.accelerator)
        trainer = trainer_on(
            machine,
            recipe,
            precision=precision,
            max_epochs=recipe.epochs,
            gradient_clip_val=recipe.optimiser.clip_norm,
            callbacks=[
                *_optional_callbacks(recipe),
                history,
                *progress_callbacks(),
                *extra_callbacks,
                *([best_epoch(run)] if recipe.keep == "best" else []),
                last_epoch(run),
            ],
            logger=_tensorboard(run),
            default_root_dir=run.path,
            num_sanity_val_steps=0,
            use_distributed_sampler=False,  # CellData splits the cells itself
            enable_model_summary=False,
            enable_progress_bar=False,  # progress_callbacks brings its own
        )
        resume = str(run.last_checkpoint) if resuming else None
        data = CellData(cells.train, cells.validation, recipe)
        with kept_memory(), told_as_an_error(run):
            # weights_only: a checkpoint is data, and no pickled code in it is ever run
            trainer.fit(module, data, ckpt_path=resume, weights_only=True)
    if trainer.is_global_zero:
        # The last epoch too from its file: where all epochs were done before this call, Lightning
        # trains nothing, and the module is left without its average.
        best = recipe.keep == "best"
        _load_weights(module, run.best_checkpoint if best else run.last_checkpoint)
        _finish(module, cells.classes, run, _made(history, precision))


def _module(cells: TrainingCells, recipe: Recipe, weights: Weights) -> TrainingModule:
    config = recipe.model.model_copy(update={"tasks": dict(cells.heads)})
    weights = "none" if recipe.start_from is not None else weights
    model = build_classifier(config, len(cells.classes), weights=weights)
    for branch in branches_of(model).values():
        for size in recipe.sizes.values():
            map_shapes(branch.backbone, size)  # what does not fit is said now, not epochs later
    known = cells.train.targets[cells.train.targets != NO_LABEL]
    balanced = recipe.loss.class_weights == "balanced"
    class_weights = balanced_weights(known, len(cells.classes)) if balanced else None
    answers = {name: len(head.answers) for name, head in cells.heads.items()}
    return TrainingModule(
        model, recipe, class_weights, task_weights(recipe, cells.train.tasks, answers)
    )


def _start(module: TrainingModule, source: Path, run: RunFolder) -> None:
    """Takes what another run has learned; says so, and writes it down."""
    taken = start_from(module.model, source)
    if not is_first_process():
        return
    sys.stderr.write(f"{taken.in_words()}\n")
    write_provenance(run, {**read_provenance(run), "started_from": taken.to_dict()})


def _optional_callbacks(recipe: Recipe) -> list[Callback]:
    callbacks: list[Callback] = []
    if recipe.ema_decay is not None:
        callbacks.append(averaged_weights(recipe.ema_decay))
    if recipe.early_stopping is not None:
        callbacks.append(stop_early(recipe.early_stopping))
    return callbacks


def _load_weights(module: TrainingModule, checkpoint: Path) -> None:
    # Under weight averaging this is the average: what was validated is what is kept.
    state = torch.load(checkpoint, map_location="cpu", weights_only=True)["state_dict"]
    module.load_state_dict(state)


def _made(history: History, precision: LightningPrecision) -> dict[str, Any]:
    """What is known of a training at its end alone; a resumed one may end on another machine."""
    return {"training_seconds": round(history.seconds, 1), "precision": in_words(precision)}


def _finish(
    module: TrainingModule, classes: tuple[str, ...], run: RunFolder, made: dict[str, Any]
) -> None:
    """Keeps the model and drops the checkpoints, which only an unfinished run needs."""
    write_provenance(run, {**read_provenance(run), **made})
    save_model(module.model, classes, run.model)
    shutil.rmtree(run.checkpoints)


def _tensorboard(run: RunFolder) -> TensorBoardLogger | bool:
    """TensorBoard's event files, where TensorBoard is installed."""
    if find_spec("tensorboard") is None:
        return False
    return TensorBoardLogger(run.path, name="", version="tensorboard")
