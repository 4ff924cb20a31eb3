"""What stays of an encoder: the blocks, and in each the heads, channels and hidden units."""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemoscope.models.config import BlockShape

Index = NDArray[np.intp]


@dataclass(frozen=True, eq=False)
class KeptBlock:
    """What stays of one block. All indices count in the model that is cut, and rise.

    Attributes:
        block: Which block.
        heads: (h,) its heads that stay.
        match: (h, k) of each such head the channels of query and key that stay, within the head.
        carry: (h, k) the same of value.
        units: (f,) hidden units of the feed-forward part.
    """

    block: int
    heads: Index
    match: Index
    carry: Index
    units: Index

    @property
    def shape(self) -> BlockShape:
        """Of the block that stays."""
        heads, key_width = self.match.shape
        return BlockShape(heads=heads, key_width=key_width, feed_forward=len(self.units))


def all_kept(shapes: Sequence[BlockShape]) -> tuple[KeptBlock, ...]:
    """Everything stays."""
    return tuple(_whole(at, shape) for at, shape in enumerate(shapes))


def _whole(block: int, shape: BlockShape) -> KeptBlock:
    channels = np.tile(np.arange(shape.key_width), (shape.heads, 1))
    heads, units = np.arange(shape.heads), np.arange(shape.feed_forward)
    return KeptBlock(block, heads, channels, channels, units)
