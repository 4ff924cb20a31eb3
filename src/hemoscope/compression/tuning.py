"""Fine-tuning between two steps: the run's own training, short and gentle."""

import json
from collections.abc import Mapping
from pathlib import Path
from types import MappingProxyType
from typing import Any

from hemoscope.compression.settings import Settings
from hemoscope.errors import UsageError
from hemoscope.models.freezing import plan_at
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.training.cells import TrainingCells
from hemoscope.training.distillation import with_absolute_teacher
from hemoscope.training.machine import Machine
from hemoscope.training.recipe import Distillation, Freezing, Optimiser, Recipe
from hemoscope.training.recipe_files import load_recipe, set_fields
from hemoscope.training.run_folder import RunFolder, start_run
from hemoscope.training.train import train_model

_AS_CUT = "fine-tuning starts from the model as it was cut."
_RATES = "fine-tuning has RUN's learning rates times --rate; give --rate instead."

_REFUSED: Mapping[str, str] = MappingProxyType(
    {
        "model": "the model is that of RUN; its fields cannot be set while pruning.",
        "weights": _AS_CUT,
        "start_from": _AS_CUT,
        "tasks": "a model that is pruned answers the class alone.",
        "optimiser.backbone": _RATES,
        "optimiser.encoder": _RATES,
        "optimiser.head": _RATES,
        "freezing.unfreezing": "one plan holds all through fine-tuning; set freezing.plan instead.",
        "epochs": "give --epochs instead, which says how long each fine-tuning is.",
        "sizes": "fine-tuning sees cells at the model's own size from the first.",
        "early_stopping": "fine-tuning has all of its --epochs.",
    }
)
"""Fields that are not the recipe's to say while pruning, and who says them."""


def tuning_recipe(recipe: Path, settings: Settings) -> Recipe:
    """The recipe of every fine-tuning, but for its model.

    Data, loss, augmentation, precision and all else are the run's. What belongs to a whole
    training is not: progressive sizes, early stopping, and the schedules of unfreezing and
    calming, of which the last stage holds; nor its teacher, whose folder may be far away by now.
    Fields that are set hold as they are set, a teacher too.

    Args:
        recipe: The run's `recipe.yaml`.
        settings: Epochs, learning rates, and fields to set.

    Raises:
        UsageError: A field was set that is not the recipe's to say here, such as the model's.
        RecipeError: A field is unknown or out of range.
    """
    for setting in settings.tuning:
        _check_set(setting.partition("=")[0].strip())
    own = load_recipe(str(recipe))
    optimiser, calmed = own.optimiser, [since for since in own.calming if since < own.epochs]
    rates = {
        part: settings.rate * getattr(optimiser, part) for part in ("backbone", "encoder", "head")
    }
    changes: dict[str, Any] = {
        "weights": "none",
        "start_from": None,
        "distillation": Distillation(),
        "epochs": max(1, settings.epochs),
        "sizes": {},
        "calming": {0: own.calming[max(calmed)]} if calmed else {},
        "early_stopping": None,
        "optimiser": Optimiser.model_validate(optimiser.model_dump() | rates),
        "freezing": Freezing(plan=plan_at(own.freezing.schedule, own.epochs - 1)),
    }
    return with_absolute_teacher(set_fields(own.model_copy(update=changes), settings.tuning))


def lasting(settings: Settings, recipe: Recipe) -> Settings:
    """Settings that say the same in every folder, for the journal.

    Args:
        settings: As the user gave them.
        recipe: What `tuning_recipe` made of them, with the teacher's whole path.
    """
    teacher = recipe.distillation.teacher
    if teacher is None:
        return settings
    named = f"distillation.teacher={json.dumps(teacher, ensure_ascii=False)}"
    return settings.model_copy(update={"tuning": (*settings.tuning, named)})


def _check_set(field: str) -> None:
    for refused, why in _REFUSED.items():
        if field == refused or field.startswith(f"{refused}."):
            raise UsageError(f"--set {field}: {why}")
        if refused.startswith(f"{field}."):  # a whole group, such as optimiser={…}
            raise UsageError(
                f"--set {field} would set {refused}, too: {why} Set the other fields of {field} "
                f"one by one (--set {field}.FIELD=VALUE)."
            )


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
