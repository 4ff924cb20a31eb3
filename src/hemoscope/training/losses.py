"""The losses that a recipe can name."""

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

from hemoscope.training.recipe import Loss


def classification_loss(
    logits: Tensor, targets: Tensor, loss: Loss, class_weights: Tensor | None
) -> Tensor:
    """Mean loss of a batch.

    Focal loss is Lin et al. 2017 ("Focal Loss for Dense Object Detection", eq. 4) over a
    softmax: each cell's cross-entropy times (1 − p_true)^γ. With γ = 0 it is cross-entropy.

    Args:
        logits: (n, C) float.
        targets: (n,) class indices.
        loss: Which loss, and its constants.
        class_weights: (C,) positive, or None.

    Returns:
        A scalar; with class weights their weighted mean, as in torch's own cross-entropy.
    """
    logits = logits.float()
    each = F.cross_entropy(
        logits,
        targets,
        weight=class_weights,
        label_smoothing=loss.label_smoothing,
        reduction="none",
    )
    if loss.kind == "focal":
        right = F.log_softmax(logits, dim=1).gather(1, targets[:, None]).squeeze(1)
        # Above 0: for γ < 1 the slope of 0^γ is infinite, and times the 0 of a cell that the model
        # is certain of it would be no number, which one step carries into every weight.
        doubt = -torch.expm1(right).clamp(max=-torch.finfo(right.dtype).tiny)
        each = each * doubt**loss.focal_gamma
    if class_weights is None:
        return each.mean()
    return each.sum() / class_weights[targets].sum()


def balanced_weights(targets: NDArray[np.intp], classes: int) -> Tensor:
    """(C,) weights n / (C · n_c): every class weighs the same in sum, the mean weight is 1."""
    counts = np.bincount(targets, minlength=classes)
    return torch.as_tensor(len(targets) / (classes * counts), dtype=torch.float32)
