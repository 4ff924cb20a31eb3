"""Share in attention rollout: how much of what the fusion reads a head has moved."""

from collections.abc import Sequence

import torch
from torch import Tensor


def rollout_share(blocks: Sequence[Tensor], read: Tensor) -> tuple[Tensor, ...]:
    """The share of each head in what attention rollout moves between tokens.

    Rollout (Abnar & Zuidema, ACL 2020) sends what the fusion reads back through the blocks: half
    of it through the residual, and half through the mean of the heads. What a head sends from a
    token to that same token could as well have gone by the residual. So a head is credited with
    what it sends to other tokens, and the credits of all heads are scaled to sum to 1. (The
    credit is ours; rollout itself tells heads not apart.)

    Args:
        blocks: (batch, heads, tokens, tokens) of each block, first block first; rows sum to 1.
        read: (batch, tokens), rows sum to 1: how the fusion weighs the encoded tokens.

    Returns:
        One (batch, heads) a block, first block first, in [0, 1]. All 0 where nothing moves.
    """
    flow, moved = read.float(), []
    for weights in reversed(blocks):
        attention = weights.float()
        elsewhere = 1 - attention.diagonal(dim1=-2, dim2=-1)
        moved.append((flow[:, None] * elsewhere).sum(dim=-1) / (2 * attention.shape[1]))
        flow = (flow + (flow[:, None] @ attention.mean(dim=1))[:, 0]) / 2
    total = torch.stack([each.sum(dim=1) for each in moved]).sum(dim=0)
    least = torch.finfo(total.dtype).tiny
    return tuple(each / total.clamp_min(least)[:, None] for each in reversed(moved))
