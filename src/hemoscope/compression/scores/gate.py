"""Importance by gradient: what the loss would feel of a gate that closes a part."""

from torch import Tensor


def gate_importance(values: Tensor, gradients: Tensor, parts: int) -> Tensor:
    """|∂loss/∂gate| of gates that stand at 1 before each part of an activation.

    Michel et al. 2019 ("Are sixteen heads really better than one?", NeurIPS), section 4.1: for a
    head, the absolute value of its output times the loss's gradient there, summed over all that
    the gate scales. The same gate before a channel or a hidden unit is the Taylor criterion of
    Molchanov et al. 2017 ("Pruning convolutional neural networks", ICLR), equation 8.

    Args:
        values: (batch, tokens, width) of an activation.
        gradients: The same shape: of each cell's own loss.
        parts: How many parts of equal width have a gate each; divides the width.

    Returns:
        (batch, parts), at least 0. Its mean over cells is the part's importance.
    """
    felt = (values.float() * gradients.float()).sum(dim=1)
    return felt.unflatten(1, (parts, -1)).sum(dim=-1).abs()
