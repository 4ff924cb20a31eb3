"""Block influence: how far a block turns the tokens."""

from torch import Tensor
from torch.nn import functional


def block_influence(before: Tensor, after: Tensor) -> Tensor:
    """1 − cosine similarity of each token before and after a block, averaged over tokens.

    Men et al. 2024 ("ShortGPT: layers in large language models are more redundant than you
    expect"), equation 1. It knows direction only: a block that makes tokens longer has none.

    Args:
        before: (batch, tokens, width), what goes into the block.
        after: The same shape, what comes out.

    Returns:
        (batch,) in [0, 2]; 0 for a block that changes no direction.
    """
    likeness = functional.cosine_similarity(before.float(), after.float(), dim=-1)
    return (1 - likeness).mean(dim=-1).clamp(0, 2)
