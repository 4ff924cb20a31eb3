"""Any convolutional timm model by name, without classifier and without weights."""

from difflib import get_close_matches
from typing import Literal

import timm
from torch import Tensor, nn
from torch.nn import functional

from hemoscope.errors import HemoscopeError


def create_body(name: str, pooling: Literal["timm", "tensorflow"]) -> nn.Module:
    """A timm model with random weights; its parameter names are timm's own.

    Args:
        name: timm's name, with or without the tag of a set of weights.
        pooling: See `ModelConfig.pooling`.

    Raises:
        HemoscopeError: If timm knows no such model, or no such tag, or cannot build it without a
            classifier.
    """
    check_name(name)
    try:
        body = timm.create_model(name, pretrained=False, num_classes=0, global_pool="")
    except AssertionError as error:
        raise HemoscopeError(
            f"timm cannot build {name} without its classifier. Choose a convolutional model, such "
            "as resnet50 or inception_v3."
        ) from error
    if pooling == "tensorflow":
        _pool_as_tensorflow(body)
    return body


def check_name(name: str) -> None:
    """Refuse a name that timm does not know.

    Raises:
        HemoscopeError: Naming the nearest models, or the tags that exist.
    """
    architecture, _, tag = name.partition(".")
    if not timm.is_model(architecture):
        near = get_close_matches(architecture, timm.list_models(), n=3)
        hint = f" Did you mean {', '.join(near)}?" if near else ""
        raise HemoscopeError(f"timm has no model called {architecture!r}.{hint}")
    known = timm.list_pretrained(architecture)
    if tag and name not in known:
        raise HemoscopeError(
            f"timm has no weights called {name!r}. It has: {', '.join(known) or 'none'}."
        )


def _pool_as_tensorflow(body: nn.Module) -> None:
    """Let InceptionV3's padded average pools leave the border out of their mean.

    timm pools with a function inside the block and then calls `branch_pool`. Scaling what
    `branch_pool` receives leaves blocks and parameter names as they are, and exports.
    """
    for name, module in body.named_modules():
        if name.endswith(".branch_pool"):
            module.register_forward_pre_hook(_discount_padding)


def _discount_padding(_module: nn.Module, inputs: tuple[Tensor]) -> Tensor:
    """Turn means over nine positions, padded zeros included, into means over those inside the map.

    The count is not taken by `divisor_override=1`: torch's ONNX exporter ignores that argument
    without a word.
    """
    (pooled,) = inputs
    ones = pooled.new_ones(1, 1, *pooled.shape[-2:])
    inside = (9 * functional.avg_pool2d(ones, 3, stride=1, padding=1)).round()
    return pooled * (9 / inside)
