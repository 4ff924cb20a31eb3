"""A model in which parts are masked: the slow twin that a cut model has to equal."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

import torch
from torch import Tensor

from hemoscope.compression.kept import KeptBlock
from hemoscope.models.hybrid import HybridClassifier


@contextmanager
def masked(model: HybridClassifier, kept: Sequence[KeptBlock]) -> Iterator[None]:
    """Whatever is not kept gives zeros, and a block that is not kept gives what it gets."""
    stays = {block.block: block for block in kept}
    handles = []
    for at, block in enumerate(model.encoder.blocks):
        if at not in stays:
            handles.append(block.register_forward_hook(lambda _m, given, out: (given[0], out[1])))
            continue
        handles += _masks(block, stays[at], model.config.encoder.block_shapes[at])
    try:
        yield
    finally:
        for handle in handles:
            handle.remove()


def _masks(block, kept: KeptBlock, shape) -> list:
    attention = block.attention
    match = torch.zeros(shape.heads, shape.key_width)
    carry = torch.zeros(shape.heads, shape.key_width)
    for place, head in enumerate(kept.heads):
        match[head, kept.match[place]] = 1
        carry[head, kept.carry[place]] = 1
    units = torch.zeros(shape.feed_forward)
    units[kept.units] = 1

    def times(mask: Tensor):
        return lambda _module, given: (given[0] * mask.flatten(),)

    return [
        # A removed head's value channels are masked in what it hands to the output projection.
        attention.output.register_forward_pre_hook(times(carry)),
        attention.query.register_forward_hook(lambda _m, _given, out: out * match.flatten()),
        block.feed_forward[2].register_forward_pre_hook(times(units)),
    ]
