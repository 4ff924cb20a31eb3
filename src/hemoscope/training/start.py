"""Starting from a trained model: what its weights can teach a model with other classes."""

import math
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import torch
import yaml
from torch import Tensor

from hemoscope.errors import HemoscopeError
from hemoscope.inference.bundle import file_digest, trained_model_file
from hemoscope.models.config import EncoderConfig, ModelConfig
from hemoscope.models.joint import STEMS, Classifier, branches_of
from hemoscope.models.store import StoredClassifier, load_classifier

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

    A block of the encoder is taken if its heads are as many and as wide as the block's they teach.

    Args:
        model: Changed in place; its heads stay as they are. A joint model starts from a joint one,
            branch by branch.
        run: A finished run folder.

    Raises:
        HemoscopeError: There is no such model, its backbone is another one, or it was trained with
            another normalisation or pooling.
    """
    stored = _stored(run)
    source, target = stored.model.state_dict(), model.state_dict()
    wanted = [name for name in target if _part(name) in PARTS]
    unlike = _unlike_blocks(model.config.encoder, stored.model.config.encoder)
    taken = {
        name
        for name in wanted
        if _fits(source.get(name), target[name]) and not name.startswith(unlike)
    }
    _check_backbone(model, stored, run, [name for name in wanted if name not in taken])
    _check_seen_alike(model, stored.model, run)
    with torch.no_grad():
        for name in taken:
            target[name].copy_(source[name])
    return Taken(
        run=str(run),
        digest=file_digest(trained_model_file(run)),
        classes=stored.classes,
        taken=_counted(wanted, taken),
        new=tuple(name for name in target if name not in taken),
    )


def _stored(run: Path) -> StoredClassifier:
    file = trained_model_file(run)
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


def _unlike_blocks(ours: EncoderConfig, theirs: EncoderConfig) -> tuple[str, ...]:
    """Blocks that would compute something else with the same tensors: 4 heads of 64 for 8 of 32."""
    pairs = enumerate(zip(ours.block_shapes, theirs.block_shapes, strict=False))
    return tuple(f"encoder.blocks.{i}." for i, (our, their) in pairs if our != their)


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


def _check_seen_alike(model: Classifier, source: Classifier, run: Path) -> None:
    """No tensor holds normalisation or pooling, so that nothing else would notice."""
    given = branches_of(source)
    for name, branch in branches_of(model).items():
        theirs, ours = given[name].config, branch.config
        for field in ("normalisation", "pooling"):
            wanted, has = getattr(theirs, field), getattr(ours, field)
            if wanted != has:
                raise StartError(
                    f"the {f'branch {name}' if name else 'model'} of {run} was trained with "
                    f"{field} {_written(wanted)}, and the recipe's has {_written(has)}, so that "
                    "its weights would see other values than they know. Write "
                    f"{field}: {_written(wanted)} in the recipe's model"
                    f"{' for that branch' if name else ''}, or leave model: out, and the run's "
                    "own model is built."
                )


def _written(value: Any) -> str:
    """As a recipe writes it."""
    if isinstance(value, str):
        return value
    data = value.model_dump(mode="json")
    return yaml.safe_dump(data, default_flow_style=True, sort_keys=False, width=math.inf).strip()


def _counted(wanted: list[str], taken: set[str]) -> dict[str, tuple[int, int]]:
    """Part to tensors taken and tensors in all, parts without tensors left out."""
    counts = {}
    for part in PARTS:
        names = [name for name in wanted if _part(name) == part]
        if names:
            counts[part] = (sum(name in taken for name in names), len(names))
    return counts
