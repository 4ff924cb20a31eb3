"""A model as one safetensors file: weights, configuration and class names travel together."""

import json
import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from pydantic import ValidationError
from safetensors import SafetensorError, safe_open
from safetensors.torch import save_file
from torch import Tensor

from hemoscope.errors import HemoscopeError, UsageError
from hemoscope.files import replacing
from hemoscope.models.backbones.weights import NONE
from hemoscope.models.config import ModelConfig
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.models.joint import Classifier, JointClassifier
from hemoscope.models.joint_build import build_classifier

_FORMAT = "hemoscope-model"
_VERSION = "1"


@dataclass(frozen=True)
class StoredModel:
    """A model of one backbone from a file, or a branch of a joint one, in eval mode on the CPU.

    Attributes:
        model: Nothing in it is frozen.
        classes: Names, in the order of the logits.
    """

    model: HybridClassifier
    classes: tuple[str, ...]


@dataclass(frozen=True)
class StoredClassifier:
    """A model from a file, of one backbone or joint, in eval mode on the CPU.

    Attributes:
        model: Nothing in it is frozen.
        classes: Names, in the order of the logits.
    """

    model: Classifier
    classes: tuple[str, ...]


def save_model(model: Classifier, classes: Sequence[str], path: Path) -> None:
    """Write a model. A file that is already there is replaced in one step.

    Args:
        model: Any device, any memory format.
        classes: Names, in the order of the logits.
        path: Usually ends with `.safetensors`.

    Raises:
        HemoscopeError: If there are more or fewer names than logits, or the file cannot be written.
    """
    if len(classes) != model.classes:
        raise HemoscopeError(
            f"The model tells {model.classes} classes apart, but {len(classes)} names were given."
        )
    metadata = {
        "format": _FORMAT,
        "version": _VERSION,
        "config": model.config.model_dump_json(),
        "classes": json.dumps(list(classes), ensure_ascii=False),
    }
    tensors = {name: tensor.contiguous() for name, tensor in model.state_dict().items()}
    with replacing(path, HemoscopeError) as draft:
        _save(tensors, draft, metadata)


def _save(tensors: dict[str, Tensor], file: Path, metadata: dict[str, str]) -> None:
    """Safetensors says in words alone what the system said; here it is an OSError again."""
    try:
        save_file(tensors, file, metadata)
    except SafetensorError as error:
        number = re.search(r"\(os error (\d+)\)", str(error))
        if number is None:
            raise
        raise OSError(int(number[1]), str(error)) from error


def load_model(path: Path, branch: str | None = None) -> StoredModel:
    """Read a model of one backbone that `save_model` wrote, or one branch of a joint one.

    Args:
        path: The file.
        branch: Of a joint model; None for a model of one backbone.

    Raises:
        UsageError: The model is joint and no branch is named, or it has no such branch.
        HemoscopeError: As `load_classifier` raises.
    """
    stored = load_classifier(path, branch)
    if isinstance(stored.model, JointClassifier):
        raise UsageError(
            f"The model in {path} is joint; its branches are {', '.join(stored.model.branches)}. "
            "Here one is needed: name it (--branch). A verb without that option works on models "
            "of one backbone."
        )
    return StoredModel(stored.model, stored.classes)


def load_classifier(path: Path, branch: str | None = None) -> StoredClassifier:
    """Read a model that `save_model` wrote, joint or not.

    Args:
        path: The file.
        branch: Of a joint model: this one alone. None for the whole.

    Raises:
        UsageError: The model has no such branch, or no branches.
        HemoscopeError: If the file is missing, cut short, not a hemoscope model, from a later
            version, or holds other tensors than its configuration asks for.
    """
    metadata, tensors = _read(path)
    config, classes = _interpret(path, metadata)
    model = build_classifier(config, len(classes), NONE)
    try:
        model.load_state_dict(tensors)
    except RuntimeError as error:
        first = str(error).splitlines()[1].strip()
        raise HemoscopeError(
            f"The tensors in {path} do not fit the model it describes ({config.backbone}): "
            f"{first} The file was changed after it was written, or its writer had another "
            "version of hemoscope or timm; provenance.json in the run folder names the versions."
        ) from error
    chosen = model if branch is None else _branch(model, branch, path)
    return StoredClassifier(chosen.eval(), classes)


def _branch(model: Classifier, name: str, path: Path) -> HybridClassifier:
    if isinstance(model, JointClassifier):
        return model.branch(name)
    raise UsageError(
        f"The model in {path} has one backbone and no branches. Leave --branch {name} out."
    )


def read_description(path: Path) -> tuple[ModelConfig, tuple[str, ...]]:
    """The configuration and the classes of a model that `save_model` wrote, without its tensors.

    Raises:
        HemoscopeError: As `load_model` raises, but for what only the tensors tell.
    """
    with _opened(path) as file:
        return _interpret(path, file.metadata() or {})


@contextmanager
def _opened(path: Path) -> Iterator[safe_open]:
    if not path.is_file():
        raise HemoscopeError(f"There is no model file {path}.")
    try:
        with safe_open(path, framework="pt") as file:
            yield file
    except (SafetensorError, OSError) as error:
        raise HemoscopeError(
            f"{path} cannot be read as safetensors ({error}). It was cut short, or is another "
            "kind of file. Copy it again, or train again."
        ) from error


def _read(path: Path) -> tuple[Mapping[str, str], dict[str, Tensor]]:
    with _opened(path) as file:
        tensors = {name: file.get_tensor(name) for name in file.keys()}  # noqa: SIM118
        return file.metadata() or {}, tensors


def _interpret(path: Path, metadata: Mapping[str, str]) -> tuple[ModelConfig, tuple[str, ...]]:
    if metadata.get("format") != _FORMAT:
        raise HemoscopeError(
            f"{path} is a safetensors file, but not a model that hemoscope saved: it names no "
            "configuration and no classes. To start training from a backbone's weights, "
            "write its path as weights: in the recipe."
        )
    if metadata.get("version") != _VERSION:
        raise HemoscopeError(
            f"{path} was written in version {metadata.get('version')} of the model format; "
            f"this hemoscope reads version {_VERSION}. Update hemoscope."
        )
    try:
        config = ModelConfig.model_validate_json(metadata["config"])
        return config, tuple(json.loads(metadata["classes"]))
    except (KeyError, ValueError, ValidationError) as error:
        raise HemoscopeError(
            f"The description of the model in {path} is damaged ({error})."
        ) from error
