"""Starting from a trained model: what its weights can teach a model with other classes."""

import hashlib
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
from torch import Tensor

from hemoscope.errors import HemoscopeError
from hemoscope.models.config import ModelConfig
from hemoscope.models.joint import STEMS, Classifier
from hemoscope.models.store import StoredClassifier, load_classifier

MODEL_FILE = "model.safetensors"
"""Of a run folder; `training.run_folder` reads recipes, which may themselves start from a run."""

PARTS = ("backbone", "tokens", "encoder", "fusion")
"""What is taken. Heads are not: they speak of the classes of the model they were trained in."""


class StartError(HemoscopeError):
    """A model that a training cannot start from."""


@dataclass(frozen=True)
class Taken:
    """What a model got from another one.

    Attributes:
        run: The run folder it came from.
        digest: SHA-256 of its `model.safetensors`, in hex.
        classes: Of the model it came from.
        taken: Part to (tensors taken, tensors of the part).
        new: Names of the tensors that start as the recipe's seed draws them.
    """

    run: str
    digest: str
    classes: tuple[str, ...]
    taken: Mapping[str, tuple[int, int]]
    new: tuple[str, ...]

    def to_dict(self) -> dict[str, Any]:
        """Plain JSON values, for the provenance."""
        return {
            "run": self.run,
            "sha256": self.digest,
            "classes": list(self.classes),
            "taken": {part: list(counts) for part, counts in self.taken.items()},
            "new": list(self.new),
        }

    def in_words(self) -> str:
        """One line for people."""
        whole = [part for part, (got, all_) in self.taken.items() if got == all_]
        partly = [
            f"{got} of {all_} tensors of the {part}"
            for part, (got, all_) in self.taken.items()
            if got < all_
        ]
        new = ", ".join(dict.fromkeys(map(_part, self.new)))
        return f"starting from {self.run}: taken {', '.join(whole + partly)}; new {new}"


def starting_config(run: Path) -> ModelConfig:
    """The model of a run, without its further tasks: what `--from` builds.

    Raises:
        HemoscopeError: There is no run, it is not finished, or its model is damaged.
    """
    return _stored(run).model.config.model_copy(update={"tasks": {}})


def start_from(model: Classifier, run: Path) -> Taken:
    """Copies backbone, token embedding, encoder and fusion where names and shapes are the same.

    Args:
        model: Changed in place; its heads stay as they are. A joint model starts from a joint one,
            branch by branch.
        run: A finished run folder.

    Raises:
        HemoscopeError: There is no such model, or its backbone is another one.
    """
    stored = _stored(run)
    source, target = stored.model.state_dict(), model.state_dict()
    wanted = [name for name in target if _part(name) in PARTS]
    taken = {name for name in wanted if _fits(source.get(name), target[name])}
    _check_backbone(model, stored, run, [name for name in wanted if name not in taken])
    with torch.no_grad():
        for name in taken:
            target[name].copy_(source[name])
    return Taken(
        run=str(run),
        digest=hashlib.sha256((run / MODEL_FILE).read_bytes()).hexdigest(),
        classes=stored.classes,
        taken=_counted(wanted, taken),
        new=tuple(name for name in target if name not in taken),
    )


def _stored(run: Path) -> StoredClassifier:
    file = run / MODEL_FILE
    if not file.is_file():
        raise StartError(
            f"{run} has no model to start from. Name the folder of a training that came to its "
            "end; it holds model.safetensors."
        )
    return load_classifier(file)


def _part(name: str) -> str:
    """The part of a model that a tensor belongs to; a branch's own parts stand under its name."""
    first, *rest = name.split(".")
    return rest[1] if first == STEMS else first


def _fits(source: Tensor | None, target: Tensor) -> bool:
    return source is not None and source.shape == target.shape


def _check_backbone(
    model: Classifier, stored: StoredClassifier, run: Path, left: list[str]
) -> None:
    missing = [name for name in left if _part(name) == "backbone"]
    if missing:
        raise StartError(
            f"the backbone of {run} ({stored.model.config.backbone}) does not fit the recipe's "
            f"({model.config.backbone}): {len(missing)} tensors, such as {missing[0]}, are "
            "missing or of another shape. Leave model: out, and the run's own model is built."
        )


def _counted(wanted: list[str], taken: set[str]) -> dict[str, tuple[int, int]]:
    """Part to tensors taken and tensors in all, parts without tensors left out."""
    counts = {}
    for part in PARTS:
        names = [name for name in wanted if _part(name) == part]
        if names:
            counts[part] = (sum(name in taken for name in names), len(names))
    return counts
