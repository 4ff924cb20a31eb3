"""Parameters in named groups, so that each part of a model can learn at its own rate."""

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Literal

from torch import nn

from hemoscope.models.joint import Classifier, branches_of

Part = Literal["backbone", "encoder", "head"]


@dataclass(frozen=True)
class ParameterGroup:
    """Parameters that share a rate and a weight decay.

    Attributes:
        part: "backbone"; "encoder", with the token embedding; "head", with fusion and all heads.
        decay: Whether weight decay makes sense: not for norms, biases and embeddings.
        parameters: Frozen ones included, so that a schedule can unfreeze them; an optimiser
            passes over what has no gradient.
    """

    part: Part
    decay: bool
    parameters: tuple[nn.Parameter, ...]


def parameter_groups(model: Classifier) -> tuple[ParameterGroup, ...]:
    """Every parameter of the model, each in exactly one group; empty groups are left out."""
    branches = branches_of(model).values()
    parts: dict[Part, tuple[nn.Module, ...]] = {
        "backbone": tuple(branch.backbone for branch in branches),
        "encoder": (*(branch.tokens for branch in branches), model.encoder),
        "head": (model.fusion, model.head, model.heads),
    }
    groups = (
        ParameterGroup(part, decay, tuple(_select(modules, decay=decay)))
        for part, modules in parts.items()
        for decay in (True, False)
    )
    return tuple(group for group in groups if group.parameters)


def _select(modules: tuple[nn.Module, ...], *, decay: bool) -> Iterator[nn.Parameter]:
    for module in modules:
        for layer in module.modules():
            for parameter in layer.parameters(recurse=False):
                if _decays(layer, parameter) == decay:
                    yield parameter


def _decays(layer: nn.Module, parameter: nn.Parameter) -> bool:
    """Kernels and matrices do; norms, biases and learned embeddings do not."""
    return isinstance(layer, nn.Conv2d | nn.Linear) and parameter.ndim > 1
