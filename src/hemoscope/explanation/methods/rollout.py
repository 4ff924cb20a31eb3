"""Attention rollout (Abnar & Zuidema, ACL 2020), through the encoder back onto the image."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor

from hemoscope.explanation.errors import UnsuitableMethodError
from hemoscope.explanation.grids import to_pixels
from hemoscope.explanation.methods.explainer import Maps
from hemoscope.explanation.target import Target
from hemoscope.models.hybrid import HybridClassifier, WithAttention


@dataclass(frozen=True)
class AttentionRollout:
    """Which positions of the backbone's maps the head reads through the encoder.

    It knows no class: the map is the same whatever the target. And it sees the tokens only, not
    what a `cnn` part of the fusion takes from the backbone directly.
    """

    name: str = "rollout"

    def explain(self, model: HybridClassifier, images: Tensor, target: Target) -> Maps:
        """Maps for a batch; see `Explainer`. Each sums to 1 before it is enlarged.

        Raises:
            UnsuitableMethodError: The model has no encoder.
        """
        del target
        if not model.config.encoder.blocks:
            raise UnsuitableMethodError(
                f"this model ({model.config.backbone}) has no token encoder, so it has no "
                "attention to roll out. Take gradcam, integrated-gradients or occlusion."
            )
        with torch.inference_mode():
            seen = model(images, return_attention=True)
        tokens = (read_out(seen, model.config.fusion)[:, None] @ rollout(seen.blocks))[:, 0]
        size = (images.shape[-2], images.shape[-1])
        return _onto_image(tokens, seen.grids, size).cpu().numpy()


def rollout(blocks: Sequence[Tensor]) -> Tensor:
    """How much of each input token reaches each output token.

    Half of a block's output is its input (the residual), half what attention mixes, averaged
    over heads: `A' = (A + I) / 2`; the blocks multiply.

    Args:
        blocks: (batch, heads, tokens, tokens) of each block, first block first; rows sum to 1.

    Returns:
        (batch, tokens, tokens); rows sum to 1.
    """
    mixed = None
    for weights in blocks:
        step = weights.float().mean(dim=1)
        step = (step + torch.eye(step.shape[-1], device=step.device)) / 2
        mixed = step if mixed is None else step @ mixed
    if mixed is None:
        raise UnsuitableMethodError("there are no blocks to roll out.")
    return mixed


def read_out(seen: WithAttention, fusion: Sequence[str]) -> Tensor:
    """(batch, tokens), rows sum to 1: how the fusion weighs the encoded tokens.

    Args:
        seen: With the attention of at least one block.
        fusion: The parts of the model's fusion. `vit` is the tokens' mean, `attention` weighs them;
            with both it is the mean of the two, with neither the tokens are not read at all, and
            they count alike.
    """
    count = seen.blocks[-1].shape[-1]
    uniform = seen.logits.new_full((len(seen.logits), count), 1 / count)
    if seen.pooling is None:
        return uniform
    return (uniform + seen.pooling) / 2 if "vit" in fusion else seen.pooling


def _onto_image(tokens: Tensor, grids: Sequence[tuple[int, int]], size: tuple[int, int]) -> Tensor:
    """Every grid's tokens enlarged to the image, as density, and added."""
    lengths = [rows * columns for rows, columns in grids]
    total = tokens.new_zeros((len(tokens), *size))
    for part, grid, length in zip(tokens.split(lengths, dim=1), grids, lengths, strict=True):
        total = total + to_pixels(part.unflatten(1, grid), size) * (length / (size[0] * size[1]))
    return total
