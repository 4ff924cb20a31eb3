"""Attention entropy: how widely a head spreads its attention."""

import math

import torch
from torch import Tensor


def attention_entropy(weights: Tensor) -> Tensor:
    """The mean entropy of a head's attention, as a share of the largest possible.

    Clark et al. 2019 ("What does BERT look at?", BlackboxNLP), section 3.2: the entropy of each
    row of the attention matrix, averaged over rows. Divided by ln(tokens) here, so that models
    with other numbers of tokens compare.

    Args:
        weights: (batch, heads, tokens, tokens); rows sum to 1.

    Returns:
        (batch, heads) in [0, 1]: 0 for a head that looks at one token, 1 for one that looks at
        all alike, which is no more than a mean over tokens. 0 where there is one token only.
    """
    tokens = weights.shape[-1]
    if tokens == 1:
        return weights.new_zeros(weights.shape[:2])
    entropy = torch.special.entr(weights.float()).sum(dim=-1).mean(dim=-1)
    return (entropy / math.log(tokens)).clamp(0, 1)
