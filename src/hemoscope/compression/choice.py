"""Which parts one step removes: of one kind, the lowest."""

from collections.abc import Sequence
from typing import Literal

import numpy as np

from hemoscope.compression.importance import Array, Importance
from hemoscope.compression.kept import Index, KeptBlock, all_kept
from hemoscope.models.config import BlockShape

Kind = Literal["blocks", "heads", "channels", "units"]
KINDS: tuple[Kind, ...] = ("blocks", "heads", "channels", "units")

LEAST_CHANNELS = 8
LEAST_UNITS = 16
"""A block is not cut below these: what is left weighs nothing beside any backbone."""


def possible(kind: Kind, shapes: Sequence[BlockShape], keep_blocks: int) -> bool:
    """Whether there is anything of a kind that may still go.

    Args:
        kind: Of parts.
        shapes: Of the blocks as they are.
        keep_blocks: So many blocks stay.
    """
    if kind == "blocks":
        return len(shapes) > keep_blocks
    if kind == "heads":
        return any(shape.heads > 1 for shape in shapes)
    if kind == "channels":
        return any(shape.key_width > LEAST_CHANNELS for shape in shapes)
    return any(shape.feed_forward > LEAST_UNITS for shape in shapes)


def choose(
    kind: Kind, shapes: Sequence[BlockShape], importance: Importance, share: float
) -> tuple[KeptBlock, ...]:
    """What stays when the lowest of a kind go.

    A step removes one block; or, of all blocks together, that share of the heads or of the
    hidden units, wherever the lowest are (each block keeps one head and 16 units); or of every
    head that share of its channels (8 stay), those of query and key chosen apart from those of
    value. How much goes depends on no guide, so guides are compared at equal size.

    Args:
        kind: What goes; `possible` says whether it can.
        shapes: Of the blocks as they are.
        importance: What a guide says of the parts.
        share: Of heads, channels or units, in (0, 1); at least one goes.
    """
    whole = all_kept(shapes)
    if kind == "blocks":
        gone = int(importance.blocks.argmin())
        return tuple(block for block in whole if block.block != gone)
    if kind == "heads":
        left = _lowest_gone(importance.heads, share, least=1)
        return tuple(_with_heads(b, heads) for b, heads in zip(whole, left, strict=True))
    if kind == "units":
        left = _lowest_gone(importance.units, share, least=LEAST_UNITS)
        return tuple(
            KeptBlock(b.block, b.heads, b.match, b.carry, units)
            for b, units in zip(whole, left, strict=True)
        )
    return tuple(
        _with_channels(block, importance.match[at], importance.carry[at], share)
        for at, block in enumerate(whole)
    )


def _lowest_gone(values: Sequence[Array], share: float, *, least: int) -> list[Index]:
    """Indices that stay in each block when the lowest of all blocks go."""
    sizes = [len(each) for each in values]
    to_go = max(1, int(share * sum(sizes)))
    places = [(at, index) for at, size in enumerate(sizes) for index in range(size)]
    order = np.argsort(np.concatenate(values), kind="stable")
    gone: list[set[int]] = [set() for _ in values]
    for place in order:
        at, index = places[place]
        if to_go and sizes[at] - len(gone[at]) > least:
            gone[at].add(index)
            to_go -= 1
    return [
        np.array([index for index in range(size) if index not in gone[at]], dtype=np.intp)
        for at, size in enumerate(sizes)
    ]


def _with_heads(block: KeptBlock, heads: Index) -> KeptBlock:
    return KeptBlock(block.block, heads, block.match[heads], block.carry[heads], block.units)


def _with_channels(block: KeptBlock, match: Array, carry: Array, share: float) -> KeptBlock:
    width = match.shape[1]
    stay = max(min(width, LEAST_CHANNELS), width - max(1, int(share * width)))
    return KeptBlock(
        block.block, block.heads, _highest(match, stay), _highest(carry, stay), block.units
    )


def _highest(values: Array, count: int) -> Index:
    """(h, count) indices of the highest of each row, rising; of equals the later stay."""
    order = np.argsort(values, axis=1, kind="stable")
    return np.sort(order[:, values.shape[1] - count :], axis=1)
