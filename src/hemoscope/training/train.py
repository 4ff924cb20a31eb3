"""`train`: a table of cells and a recipe become a run folder."""

import logging
import shutil
import sys
import warnings
from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from dataclasses import dataclass, field
from importlib.util import find_spec
from pathlib import Path
from typing import Any

import numpy as np
import torch
from lightning.fabric.utilities.exceptions import MisconfigurationException
from lightning.pytorch import Callback, Trainer, seed_everything
from lightning.pytorch.loggers import TensorBoardLogger

from hemoscope.cells import CellTable
from hemoscope.errors import HemoscopeError
from hemoscope.models.backbones.backbone import map_shapes
from hemoscope.models.heads_config import HeadConfig
from hemoscope.models.joint import branches_of
from hemoscope.models.joint_build import Weights, build_classifier
from hemoscope.models.store import save_model
from hemoscope.training.callbacks.checkpoints import best_epoch, last_epoch
from hemoscope.training.callbacks.early_stopping import stop_early
from hemoscope.training.callbacks.ema import averaged_weights
from hemoscope.training.callbacks.history import History
from hemoscope.training.callbacks.progress import progress_callbacks
from hemoscope.training.data import CellData, LabelledCells, Pixels
from hemoscope.training.distillation import open_teacher
from hemoscope.training.interruption import told_as_an_error
from hemoscope.training.losses import balanced_weights
from hemoscope.training.memory import kept_memory
from hemoscope.training.module import TrainingModule
from hemoscope.training.precision import LightningPrecision, in_words, lightning_precision
from hemoscope.training.processes import is_first_process
from hemoscope.training.recipe import Recipe
from hemoscope.training.run_folder import RunFolder, read_provenance, write_provenance
from hemoscope.training.start import start_from
from hemoscope.training.tasks import NO_LABEL, class_targets, prepare_tasks
from hemoscope.training.tasks_loss import task_weights

_EXPECTED_ADVICE = (
    r".*does not have many workers.*",  # a batch is one read from mapped memory
    r".*The number of training batches .* is smaller than the logging interval.*",
    r".*Checkpoint directory .* exists and is not empty.*",
    r".*Found .* in the checkpoint.*",
    r".*Found .* module\(s\) in eval mode.*",  # frozen parts
    r".*LeafSpec.* is deprecated.*",  # Lightning 2.6 with a newer torch
    r"Grad strides do not match bucket view strides.*",  # 1x1 kernels fit several
    r".*lr_scheduler.step.*before.*optimizer.step.*",  # Lightning's order on resuming
)


class TrainingError(HemoscopeError):
    """Data that a model cannot be trained on as asked."""


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


@dataclass(frozen=True)
class TrainingCells:
    """The cells of a run, ready in memory: classes, and both splits with pixels and targets.

    `heads` says what is learned beside the class.
    """

    classes: tuple[str, ...]
    train: LabelledCells
    validation: LabelledCells
    heads: Mapping[str, HeadConfig] = field(default_factory=dict)


def prepare_cells(
    table: CellTable, pixels: Pixels, readable: np.ndarray, recipe: Recipe
) -> TrainingCells:
    """Sorts the readable cells into training and validation.

    Args:
        table: Cells with labels and the recipe's split column.
        pixels: Their pixels, by row of `table`.
        readable: Row numbers that could be decoded.
        recipe: Says which split is which.

    Raises:
        TrainingError: No labels, an empty split, one class only, or a class that is validated
            but never trained on.
    """
    labels = table.labels
    if labels is None:
        raise TrainingError("these cells have no labels. Train on class folders or a manifest.")
    data = recipe.data
    wanted = {
        value: np.intersect1d(np.flatnonzero(_split(table, data.split_column) == value), readable)
        for value in (data.train, data.validation)
    }
    for value, rows in wanted.items():
        if len(rows) == 0:
            raise TrainingError(
                f"no readable cell has {value!r} in column {data.split_column!r}. Make a split "
                "with `hemoscope split`, or name the values in the recipe (data.train, …)."
            )
    classes: tuple[str, ...] = tuple(sorted(set(labels[wanted[data.train]]) - {""}))
    if len(classes) < 2:
        raise TrainingError(
            f"the training cells are all {''.join(classes)}; at least two classes are needed."
        )
    unseen = sorted(set(labels[wanted[data.validation]]) - set(classes) - {""})
    if unseen:
        raise TrainingError(
            f"no training cell is {', '.join(unseen)}, but validation cells are. Split again "
            "(`hemoscope split`), so that every class stands in training."
        )
    learned, chosen = wanted[data.train], wanted[data.validation]
    if not (labels[chosen] != "").any():
        raise TrainingError(
            "no validation cell has a label, and the accuracy of the class chooses the epoch. Name "
            "the class of some of them, or split again (`hemoscope split`)."
        )
    tasks = prepare_tasks(table, recipe.tasks, classes, (learned, chosen))
    train, validation = (
        LabelledCells(pixels, rows, class_targets(labels[rows], classes), targets)
        for rows, targets in ((learned, tasks.train), (chosen, tasks.validation))
    )
    return TrainingCells(classes, train, validation, tasks.heads)


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
    with _quiet_library():
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
        trainer = _trainer(
            machine,
            strategy=_strategy(machine, recipe),
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


def _trainer(machine: Machine, **options: Any) -> Trainer:
    try:
        return Trainer(
            accelerator=machine.accelerator,
            devices=machine.devices,
            num_nodes=machine.nodes,
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


def _split(table: CellTable, column: str) -> np.ndarray:
    if column not in table.frame:
        raise TrainingError(
            f"the cells have no column {column!r} that says what to train on. Write one with "
            "`hemoscope split`, or name another by --split-column."
        )
    return table.frame[column].astype(str).to_numpy()


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


@contextmanager
def _quiet_library() -> Iterator[None]:
    """Silences Lightning's advice on choices that are made here on purpose."""
    logger = logging.getLogger("lightning.pytorch")
    level = logger.level
    logger.setLevel(logging.WARNING)
    try:
        with warnings.catch_warnings():
            for text in _EXPECTED_ADVICE:
                warnings.filterwarnings("ignore", message=text)
            yield
    finally:
        logger.setLevel(level)


def _tensorboard(run: RunFolder) -> TensorBoardLogger | bool:
    """TensorBoard's event files, where TensorBoard is installed."""
    if find_spec("tensorboard") is None:
        return False
    return TensorBoardLogger(run.path, name="", version="tensorboard")
