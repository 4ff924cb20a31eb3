"""What the scores of a model come to: frozen data, and a table."""

from dataclasses import dataclass

import numpy as np
import pandas as pd
from numpy.typing import NDArray

Array = NDArray[np.float64]

COLUMNS = ("block", "head", "entropy", "rollout", "influence", "gradient")


@dataclass(frozen=True, eq=False)
class BlockScores:
    """The scores of one block with H heads of K channels and F hidden units, means over cells.

    Attributes:
        entropy: (H,) attention entropy, in [0, 1].
        rollout: (H,) share in attention rollout; sums to 1 over the heads of all blocks.
        influence: Block influence, in [0, 2].
        gradient: Importance by gradient of the block as a whole.
        heads: (H,) importance by gradient of each head.
        match: (H, K) the same of each channel of query and key, which are gated together.
        carry: (H, K) the same of each channel of value.
        units: (F,) the same of each hidden unit of the feed-forward part.
    """

    entropy: Array
    rollout: Array
    influence: float
    gradient: float
    heads: Array
    match: Array
    carry: Array
    units: Array


@dataclass(frozen=True, eq=False)
class Scores:
    """The scores of every block.

    Attributes:
        blocks: First block first.
        cells: How many cells they are means over.
    """

    blocks: tuple[BlockScores, ...]
    cells: int

    def frame(self) -> pd.DataFrame:
        """One row a block (`head` empty), followed by one for each of its heads; from 0.

        A block's entropy is the mean, its rollout the sum over its heads. `influence` is of
        blocks only.
        """
        rows = []
        for at, block in enumerate(self.blocks):
            entropy, rollout = float(block.entropy.mean()), float(block.rollout.sum())
            rows.append((at, None, entropy, rollout, block.influence, block.gradient))
            heads = zip(block.entropy, block.rollout, block.heads, strict=True)
            rows += [(at, head, e, r, None, g) for head, (e, r, g) in enumerate(heads)]
        frame = pd.DataFrame(rows, columns=list(COLUMNS))
        return frame.astype({"head": "Int64", "influence": "float64"})
