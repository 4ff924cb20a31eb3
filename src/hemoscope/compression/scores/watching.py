"""One pass through the encoder, with everything that the scores are made of."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import torch
from torch import Tensor, nn
from torch.nn import functional

from hemoscope.explanation.methods.rollout import read_out
from hemoscope.models.encoder import EncoderBlock
from hemoscope.models.hybrid import HybridClassifier, WithAttention


@dataclass
class Watched:
    """The activations of one block, and after the pass their gradients, in the same order.

    Attributes:
        before: (batch, tokens, width) what goes in.
        weights: (batch, heads, tokens, tokens).
        tensors: What has gates, by name: "block" (what comes out), "heads" (before the output
            projection), "query", "value" and "units" (after GELU).
        gradients: Of each of them.
    """

    before: Tensor = field(default_factory=lambda: torch.empty(0))
    weights: Tensor = field(default_factory=lambda: torch.empty(0))
    tensors: dict[str, Tensor] = field(default_factory=dict)
    gradients: dict[str, Tensor] = field(default_factory=dict)


@dataclass(frozen=True)
class Watching:
    """Of a batch: every block, and (batch, tokens) how the fusion reads the encoded tokens."""

    blocks: tuple[Watched, ...]
    read: Tensor


def watch(model: HybridClassifier, images: Tensor, targets: Tensor) -> Watching:
    """Run a batch and differentiate each cell's own cross-entropy.

    Gradients go down to the first block only; the backbone and the weights get none.

    Args:
        model: In eval mode, with an encoder.
        images: (batch, 3, height, width) in [0, 1].
        targets: (batch,) class indices.
    """
    with torch.no_grad():
        maps = model.backbone(model.normalise(images))
        tokens = model.tokens(maps)
    tokens.requires_grad_(True)
    with torch.enable_grad(), _watched(model) as blocks:
        encoded, weights = model.encoder(tokens, True)
        fused = model.fuse(maps[-1], encoded)
        logits = model.head(fused.vector)
        loss = functional.cross_entropy(logits, targets, reduction="sum")
        _differentiate(loss, blocks)
    for block, attention in zip(blocks, weights, strict=True):
        block.weights = attention.detach()
    seen = WithAttention(logits.detach(), fused.vector, tuple(weights), fused.weights, ())
    return Watching(tuple(blocks), read_out(seen, model.config.fusion).detach())


def _differentiate(loss: Tensor, blocks: list[Watched]) -> None:
    places = [(block, name) for block in blocks for name in block.tensors]
    found = torch.autograd.grad(loss, [block.tensors[name] for block, name in places])
    for (block, name), gradient in zip(places, found, strict=True):
        block.gradients[name] = gradient
        block.tensors[name] = block.tensors[name].detach()


@contextmanager
def _watched(model: HybridClassifier) -> Iterator[list[Watched]]:
    """Keeps what passes through each block of the encoder, as long as it lasts."""
    blocks: list[Watched] = []
    handles = []
    for module in model.encoder.blocks:
        blocks.append(Watched())
        handles += _hooks(_encoder_block(module), blocks[-1])
    try:
        yield blocks
    finally:
        for handle in handles:
            handle.remove()


def _hooks(block: EncoderBlock, kept: Watched) -> list[torch.utils.hooks.RemovableHandle]:
    def whole(_module: nn.Module, inputs: tuple[Tensor, ...], outputs: tuple[Tensor, ...]) -> None:
        kept.before, kept.tensors["block"] = inputs[0].detach(), outputs[0]

    def keep_input(_module: nn.Module, inputs: tuple[Tensor, ...]) -> None:
        kept.tensors["heads"] = inputs[0]

    def keep(name: str) -> Callable[[nn.Module, tuple[Tensor, ...], Tensor], None]:
        def hook(_module: nn.Module, _inputs: tuple[Tensor, ...], output: Tensor) -> None:
            kept.tensors[name] = output

        return hook

    attention = block.attention
    return [
        block.register_forward_hook(whole),
        attention.output.register_forward_pre_hook(keep_input),
        attention.query.register_forward_hook(keep("query")),
        attention.value.register_forward_hook(keep("value")),
        block.feed_forward[1].register_forward_hook(keep("units")),
    ]


def _encoder_block(module: nn.Module) -> EncoderBlock:
    if not isinstance(module, EncoderBlock):
        raise TypeError(f"an encoder of {type(module).__name__} cannot be scored")
    return module
