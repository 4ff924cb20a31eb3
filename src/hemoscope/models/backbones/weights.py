"""Where a backbone's weights come from: timm, a local file, or nowhere. Never silently nowhere."""

from collections.abc import Mapping
from pathlib import Path

import timm
import torch
from safetensors import SafetensorError
from safetensors.torch import load_file
from torch import Tensor, nn

from hemoscope.errors import HemoscopeError
from hemoscope.models.config import CUSTOM_CNN, UNIT, ModelConfig, Normalisation

FROM_TIMM = "timm"
NONE = "none"

_CLASSIFIERS = ("fc.", "classifier.", "head.", "AuxLogits.")
_COUNTER = "num_batches_tracked"


def default_weights(config: ModelConfig) -> str:
    """Those that timm offers; none for CustomCNN, which has no pretrained ones."""
    return NONE if config.backbone == CUSTOM_CNN else FROM_TIMM


def load_weights(body: nn.Module, config: ModelConfig, weights: str) -> None:
    """Fill a backbone with weights.

    Args:
        body: The network, as `build_body` makes it.
        config: What it was made from.
        weights: "timm", "none", or the path of a safetensors file.

    Raises:
        HemoscopeError: If timm has no such weights or cannot be reached, or if the file is
            missing, unreadable, or of another network.
    """
    if weights == NONE:
        return
    tensors = (
        _fetch_from_timm(config.backbone) if weights == FROM_TIMM else _read_file(Path(weights))
    )
    _fill(body, tensors, config.backbone, weights)


def resolve_normalisation(config: ModelConfig, weights: str) -> Normalisation:
    """The normalisation that goes with the weights.

    Raises:
        HemoscopeError: If the weights come from a file and the configuration leaves it open.
    """
    if config.normalisation is not None:
        return config.normalisation
    if weights not in (FROM_TIMM, NONE):
        raise HemoscopeError(
            f"The weights {weights} do not say how their images were scaled. Write it in the "
            "recipe's model, such as normalisation: {mean: [0, 0, 0], std: [1, 1, 1]} for "
            "plain RGB/255, or ImageNet's mean [0.485, 0.456, 0.406] and std "
            "[0.229, 0.224, 0.225]."
        )
    if config.backbone == CUSTOM_CNN:
        return UNIT
    settings = timm.get_pretrained_cfg(config.backbone, allow_unregistered=False)
    if settings is None:
        return UNIT
    return Normalisation.model_validate({"mean": settings.mean, "std": settings.std})


def _fetch_from_timm(name: str) -> Mapping[str, Tensor]:
    settings = None if name == CUSTOM_CNN else timm.get_pretrained_cfg(name)
    # Without this check timm logs a line and goes on with random weights.
    if settings is None or not settings.has_weights:
        raise HemoscopeError(
            f"There are no pretrained weights for {name}. Write weights: none to start from "
            "random ones, or weights: FILE.safetensors."
        )
    try:
        model = timm.create_model(name, pretrained=True, num_classes=0, global_pool="")
    except Exception as error:  # timm downloads through several libraries, each with its own
        raise HemoscopeError(
            f"The pretrained weights of {name} could not be fetched "
            f"({type(error).__name__}). timm downloads them once, from the network. Without "
            "one, write weights: FILE.safetensors (a local copy in timm's names), or "
            "weights: none to start from random ones on purpose."
        ) from error
    return model.state_dict()


def _read_file(path: Path) -> Mapping[str, Tensor]:
    if not path.is_file():
        raise HemoscopeError(
            f"There is no weights file {path}. Write the path of a safetensors file, or "
            "weights: timm, or weights: none."
        )
    try:
        return load_file(path)
    except (SafetensorError, OSError) as error:
        raise HemoscopeError(
            f"{path} cannot be read as safetensors ({error}). It may be cut short, or of "
            "another format; no pickle is ever loaded."
        ) from error


def _fill(body: nn.Module, tensors: Mapping[str, Tensor], name: str, source: str) -> None:
    wanted = {k: v for k, v in body.state_dict().items() if not k.endswith(_COUNTER)}
    given = {
        key: tensor
        for key, tensor in tensors.items()
        if key in wanted or not (key.endswith(_COUNTER) or key.startswith(_CLASSIFIERS))
    }
    missing = sorted(wanted.keys() - given.keys())
    unexpected = sorted(given.keys() - wanted.keys())
    misshapen = sorted(
        key for key in wanted.keys() & given.keys() if wanted[key].shape != given[key].shape
    )
    faults = {"missing": missing, "not in the network": unexpected, "of another shape": misshapen}
    if any(faults.values()):
        said = "; ".join(f"{_some(keys)} {fault}" for fault, keys in faults.items() if keys)
        raise HemoscopeError(
            f"The weights {source} do not fit the backbone {name}: {said}. "
            "They must be of the same network, in timm's parameter names."
        )
    with torch.no_grad():
        for key, tensor in given.items():
            wanted[key].copy_(tensor)  # float16 kernels become float32 here


def _some(keys: list[str], shown: int = 3) -> str:
    rest = f" and {len(keys) - shown} more" if len(keys) > shown else ""
    return ", ".join(keys[:shown]) + rest
