"""Fine-tuning between two steps: the run's own training, short and gentle."""

from pathlib import Path
from typing import Any

from hemoscope.compression.settings import Settings
from hemoscope.errors import UsageError
from hemoscope.models.freezing import plan_at
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.training.recipe import Freezing, Optimiser, Recipe
from hemoscope.training.recipe_files import load_recipe
from hemoscope.training.run_folder import RunFolder, start_run
from hemoscope.training.train import Machine, TrainingCells, train_model


def tuning_recipe(recipe: Path, settings: Settings) -> Recipe:
    """The recipe of every fine-tuning, but for its model.

    Data, loss, augmentation, precision and all else are the run's. What belongs to a whole
    training is not: progressive sizes, early stopping, and the schedules of unfreezing and
    calming, of which the last stage holds.

    Args:
        recipe: The run's `recipe.yaml`.
        settings: Epochs, learning rates, and fields to set.

    Raises:
        UsageError: A field of the model was set.
        RecipeError: A field is unknown or out of range.
    """
    if any(setting.strip().startswith("model") for setting in settings.tuning):
        raise UsageError("--set: the model is that of RUN; its fields cannot be set while pruning.")
    own = load_recipe(str(recipe), settings.tuning)
    optimiser, calmed = own.optimiser, [since for since in own.calming if since < own.epochs]
    rates = {
        part: settings.rate * getattr(optimiser, part) for part in ("backbone", "encoder", "head")
    }
    changes: dict[str, Any] = {
        "weights": "none",
        "start_from": None,
        "epochs": max(1, settings.epochs),
        "sizes": {},
        "calming": {0: own.calming[max(calmed)]} if calmed else {},
        "early_stopping": None,
        "optimiser": Optimiser.model_validate(optimiser.model_dump() | rates),
        "freezing": Freezing(plan=plan_at(own.freezing.schedule, own.epochs - 1)),
    }
    return own.model_copy(update=changes)


def tune(
    model: HybridClassifier,
    recipe: Recipe,
    cells: TrainingCells,
    run: RunFolder,
    *,
    provenance: dict[str, Any],
    machine: Machine,
) -> None:
    """Trains a model a little further, or goes on where that was interrupted.

    Args:
        model: As it was cut.
        recipe: From `tuning_recipe`.
        cells: Both splits, with targets in the order of the model's classes.
        run: Where; holds the tuned model afterwards.
        provenance: Of the run.
        machine: What to train on.
    """
    own = recipe.model_copy(update={"model": model.config})
    if not run.recipe.is_file():
        start_run(run.path, own, provenance)
    train_model(cells, own, run, machine=machine, start=model.state_dict())
