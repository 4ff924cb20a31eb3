"""Importance by the size of weights, which looks at no cell."""

import numpy as np
from torch import Tensor

from hemoscope.compression.importance import Array, Importance
from hemoscope.models.encoder import EncoderBlock
from hemoscope.models.hybrid import HybridClassifier


def by_magnitude(model: HybridClassifier) -> Importance:
    """The L2 norm of all weights that would go with a part.

    Han et al. 2015 ("Learning both weights and connections", NeurIPS) remove single small
    weights; Li et al. 2017 ("Pruning filters for efficient convnets", ICLR) whole parts by the
    norm of theirs, which is done here.
    """
    blocks = [_Norms(block) for block in model.encoder.blocks if isinstance(block, EncoderBlock)]
    return Importance(
        blocks=np.array([norms.block for norms in blocks]),
        heads=tuple(np.sqrt((n.match**2 + n.carry**2).sum(axis=1)) for n in blocks),
        match=tuple(norms.match for norms in blocks),
        carry=tuple(norms.carry for norms in blocks),
        units=tuple(norms.units for norms in blocks),
    )


class _Norms:
    """Of one block: of the whole, of each channel (heads, key width), and of each unit."""

    def __init__(self, block: EncoderBlock) -> None:
        attention, heads = block.attention, block.attention.heads
        first, last = (block.get_parameter(f"feed_forward.{at}.weight") for at in (0, 2))
        squares = {
            name: _square(getattr(attention, name).weight, 1).reshape(heads, -1)
            for name in ("query", "key", "value")
        }
        out = _square(attention.output.weight, 0).reshape(heads, -1)
        self.match: Array = np.sqrt(squares["query"] + squares["key"])
        self.carry: Array = np.sqrt(squares["value"] + out)
        self.units: Array = np.sqrt(_square(first, 1) + _square(last, 0))
        self.block = float(np.sqrt((self.match**2 + self.carry**2).sum() + (self.units**2).sum()))


def _square(weight: Tensor, over: int) -> Array:
    """Sums of squares over rows or columns of a matrix."""
    return weight.detach().double().square().sum(dim=over).cpu().numpy()
