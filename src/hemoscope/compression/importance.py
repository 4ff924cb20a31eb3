"""What each part of an encoder is worth, in whatever currency: the lowest are removed first."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Array = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Importance:
    """One number a part. Only the order among parts of a kind means anything.

    Attributes:
        blocks: (B,).
        heads: One (H,) a block.
        match: One (H, K) a block: channels of query and key, which go together.
        carry: One (H, K) a block: channels of value.
        units: One (F,) a block: hidden units of the feed-forward part.
    """

    blocks: Array
    heads: tuple[Array, ...]
    match: tuple[Array, ...]
    carry: tuple[Array, ...]
    units: tuple[Array, ...]
