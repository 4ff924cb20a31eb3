"""The cut: a model with smaller matrices, which holds no trace of what is gone."""

from collections.abc import Iterator, Sequence

import numpy as np
import torch
from torch import Tensor

from hemoscope.compression.errors import PruningError
from hemoscope.compression.kept import KeptBlock
from hemoscope.models.backbones.weights import NONE
from hemoscope.models.build import build_model
from hemoscope.models.config import BlockShape, ModelConfig, with_changes
from hemoscope.models.hybrid import HybridClassifier

_BLOCKS = "encoder.blocks."


def cut_model(model: HybridClassifier, kept: Sequence[KeptBlock]) -> HybridClassifier:
    """A new model of what is kept. Its configuration describes it, so it is saved like any other.

    In eval mode it gives the logits of the model in which everything else is masked: a removed
    head, channel or hidden unit as zeros, a removed block as its residual alone.

    Args:
        model: Stays as it is. Its normalisation is written out, as in every built model.
        kept: Blocks in rising order, with at least one head, channel and unit each.

    Raises:
        PruningError: Blocks share their weights, so that none can be cut alone.
    """
    _check_apart(model)
    config = model.config
    small = build_model(config_of(config, [each.shape for each in kept]), model.classes, NONE)
    small.load_state_dict(dict(_state(model, kept)))
    return small.eval()


def config_of(config: ModelConfig, shapes: Sequence[BlockShape]) -> ModelConfig:
    """The configuration with other encoder blocks; blocks that are alike need no list of shapes."""
    changes: dict[str, object] = {"blocks": len(shapes), "shapes": None}
    if shapes:
        widest = {name: max(getattr(s, name) for s in shapes) for name in BlockShape.model_fields}
        changes |= widest
    if len(set(shapes)) > 1:
        changes["shapes"] = [shape.model_dump() for shape in shapes]
    return with_changes(config, {"encoder": changes})


def _check_apart(model: HybridClassifier) -> None:
    names = {id(parameter) for parameter in model.encoder.parameters()}
    listed = sum(len(list(block.parameters())) for block in model.encoder.blocks)
    if len(names) != listed or len(model.encoder.blocks) != model.config.encoder.blocks:
        raise PruningError(
            "the encoder's blocks share their weights across depth, so cutting one would cut all. "
            "Prune a model whose blocks have weights of their own."
        )


def _state(model: HybridClassifier, kept: Sequence[KeptBlock]) -> Iterator[tuple[str, Tensor]]:
    shapes = model.config.encoder.block_shapes
    for name, tensor in model.state_dict().items():
        if not name.startswith(_BLOCKS):
            yield name, tensor
    for at, block in enumerate(kept):
        old = model.encoder.blocks[block.block].state_dict()
        for name, tensor in _block_state(old, block, shapes[block.block]).items():
            yield f"{_BLOCKS}{at}.{name}", tensor


def _block_state(old: dict[str, Tensor], kept: KeptBlock, shape: BlockShape) -> dict[str, Tensor]:
    match, carry = (_rows(kept, part, shape, old) for part in (kept.match, kept.carry))
    units = _index(kept.units, old)
    # Attention divides by the root of the key width. The channels that are gone would make it
    # divide by less; the query makes up for it.
    scale = (kept.match.shape[1] / shape.key_width) ** 0.5
    new = dict(old)
    for part, rows, factor in (("query", match, scale), ("key", match, 1.0), ("value", carry, 1.0)):
        for name in (f"attention.{part}.weight", f"attention.{part}.bias"):
            new[name] = old[name][rows] * factor
    new["attention.output.weight"] = old["attention.output.weight"][:, carry]
    new["feed_forward.0.weight"] = old["feed_forward.0.weight"][units]
    new["feed_forward.0.bias"] = old["feed_forward.0.bias"][units]
    new["feed_forward.2.weight"] = old["feed_forward.2.weight"][:, units]
    return new


def _rows(
    kept: KeptBlock, channels: np.ndarray, shape: BlockShape, old: dict[str, Tensor]
) -> Tensor:
    """Rows of a projection: those of the channels of the heads that stay, head by head."""
    return _index((kept.heads[:, None] * shape.key_width + channels).ravel(), old)


def _index(values: np.ndarray, old: dict[str, Tensor]) -> Tensor:
    return torch.as_tensor(values, device=old["feed_forward.0.weight"].device)
