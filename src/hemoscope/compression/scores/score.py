"""`scores`: a model and labelled cells become the scores of all its parts."""

import numpy as np
import torch
from torch import Tensor

from hemoscope.compression.errors import PruningError
from hemoscope.compression.scores.entropy import attention_entropy
from hemoscope.compression.scores.gate import gate_importance
from hemoscope.compression.scores.influence import block_influence
from hemoscope.compression.scores.result import Array, BlockScores, Scores
from hemoscope.compression.scores.rollout_share import rollout_share
from hemoscope.compression.scores.watching import Watched, Watching, watch
from hemoscope.models.config import BlockShape
from hemoscope.models.hybrid import HybridClassifier

Sums = list[dict[str, Array]]


def scores(model: HybridClassifier, images: Tensor, labels: Tensor, *, batch: int = 8) -> Scores:
    """Score every block, head, channel and hidden unit of the token encoder.

    Args:
        model: With an encoder; scored in eval mode, on its own device, and left as it was.
        images: (n, 3, height, width) in [0, 1].
        labels: (n,) class indices.
        batch: Cells at once; a matter of memory.

    Raises:
        PruningError: The model has no encoder, there are no cells, or as many labels as cells.
    """
    if not model.config.encoder.blocks:
        raise PruningError(
            f"this model ({model.config.backbone}) has no token encoder, so there is nothing to "
            "score or to remove."
        )
    if not len(images) or len(images) != len(labels):
        raise PruningError(f"{len(images)} images and {len(labels)} labels cannot be scored.")
    device = next(model.parameters()).device
    training, sums = model.training, []
    model.eval()
    for part, targets in zip(images.split(batch), labels.split(batch), strict=True):
        _add(sums, _of_batch(watch(model, part.to(device), targets.to(device))))
    model.train(training)
    shapes = model.config.encoder.block_shapes
    blocks = (_mean(each, len(images), shape) for each, shape in zip(sums, shapes, strict=True))
    return Scores(tuple(blocks), len(images))


def _of_batch(watching: Watching) -> Sums:
    """Sums over the cells of a batch, for each block."""
    shares = rollout_share([block.weights for block in watching.blocks], watching.read)
    return [
        _of_block(block) | {"rollout": _sum(share)}
        for block, share in zip(watching.blocks, shares, strict=True)
    ]


def _of_block(block: Watched) -> dict[str, Array]:
    after, heads = block.tensors["block"], block.weights.shape[1]
    change = after - block.before
    felt = {
        name: gate_importance(block.tensors[name], block.gradients[name], parts)
        for name, parts in (
            ("heads", heads),
            ("query", block.tensors["query"].shape[-1]),
            ("value", block.tensors["value"].shape[-1]),
            ("units", block.tensors["units"].shape[-1]),
        )
    }
    felt["gradient"] = gate_importance(change, block.gradients["block"], 1)
    felt["entropy"] = attention_entropy(block.weights)
    felt["influence"] = block_influence(block.before, after)[:, None]
    return {name: _sum(values) for name, values in felt.items()}


def _sum(values: Tensor) -> Array:
    return values.cpu().sum(dim=0, dtype=torch.float64).numpy()


def _add(sums: Sums, more: Sums) -> None:
    if not sums:
        sums.extend(more)
        return
    for held, new in zip(sums, more, strict=True):
        for name, values in new.items():
            held[name] = held[name] + values


def _mean(sums: dict[str, Array], cells: int, shape: BlockShape) -> BlockScores:
    means = {name: np.asarray(values) / cells for name, values in sums.items()}
    grid = (shape.heads, shape.key_width)
    return BlockScores(
        entropy=means["entropy"],
        rollout=means["rollout"],
        influence=float(means["influence"][0]),
        gradient=float(means["gradient"][0]),
        heads=means["heads"],
        match=means["query"].reshape(grid),
        carry=means["value"].reshape(grid),
        units=means["units"],
    )
