"""One picture of where the model looked, from the attention weights of its last block."""

from torch import Tensor

from hemoscope.models.hybrid import WithAttention


def attention_map(seen: WithAttention) -> Tensor | None:
    """How much attention each position of the backbone's last map receives.

    The weights of the last encoder block, averaged over heads and over the tokens that ask. A
    hierarchical model attends to tokens of several maps; only those of the last map are drawn,
    so its picture sums to the share of attention that the last map gets, and otherwise to 1.

    Returns:
        (batch, height, width) of the last map, in [0, 1]; None for a model without encoder.
    """
    if not seen.blocks:
        return None
    height, width = seen.grids[-1]
    received = seen.blocks[-1].mean(dim=(1, 2))
    return received[:, -height * width :].unflatten(1, (height, width))
