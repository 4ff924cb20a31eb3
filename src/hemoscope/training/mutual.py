"""Mutual learning: the branches of a joint model learn each other's opinions as they train.

Zhang et al. 2018 ("Deep Mutual Learning").
"""

from collections.abc import Sequence

import torch
from torch import Tensor

from hemoscope.training.distillation import distillation_loss


def mutual_loss(opinions: Sequence[Tensor]) -> Tensor:
    """The mean over branches k of (1 / (K − 1)) · Σ over l ≠ k of KL(p_l ‖ p_k), in nats.

    What a branch says to another is a fixed target of it (Zhang et al. 2018, equations 2 and 7;
    no gradient flows into p_l), so that each pair is pulled together from both sides.

    Args:
        opinions: K ≥ 2 logits (n, C), one of each branch.
    """
    divergences = [
        distillation_loss(learner, other.detach(), temperature=1.0)
        for k, learner in enumerate(opinions)
        for i, other in enumerate(opinions)
        if i != k
    ]
    return torch.stack(divergences).mean()
