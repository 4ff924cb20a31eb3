"""The model as the methods see it: images in, the score that is explained out."""

from collections.abc import Callable, Iterator

import numpy as np
import torch
from numpy.typing import NDArray
from torch import Tensor, nn

from hemoscope.explanation.target import Target

BATCH = 16
"""Images in one pass, which bounds memory where a method makes hundreds of one image."""

Score = Callable[..., Tensor]


def target_score(model: nn.Module) -> Score:
    """A function (images, wanted[, against]) → (n,): the logit, or the difference of two.

    Class indices travel beside the images, so that captum repeats them where it repeats images.
    The logit and not the probability: softmax would mix in the evidence for all other classes.
    """

    def score(images: Tensor, wanted: Tensor, against: Tensor | None = None) -> Tensor:
        logits = model(images)
        asked = logits.gather(1, wanted[:, None]).squeeze(1)
        if against is None:
            return asked
        return asked - logits.gather(1, against[:, None]).squeeze(1)

    return score


def target_arguments(target: Target) -> tuple[Tensor, ...]:
    """The class indices as `target_score` takes them."""
    given = (target.wanted, target.against)
    return tuple(torch.from_numpy(np.asarray(each, np.int64)) for each in given if each is not None)


def as_images(pixels: NDArray[np.uint8]) -> Tensor:
    """(n, h, w, 3) uint8 RGB → (n, 3, h, w) float32 in [0, 1]."""
    return torch.from_numpy(pixels).permute(0, 3, 1, 2).float().div_(255)


def logits_of(model: nn.Module, images: Tensor, batch: int = BATCH) -> NDArray[np.float32]:
    """(n, 3, h, w) in [0, 1] → (n, C), without gradients, `batch` images at a time."""
    with torch.inference_mode():
        parts = [model(part).float().cpu().numpy() for part in images.split(batch)]
    return np.concatenate(parts)


def parts_of(count: int, size: int) -> Iterator[slice]:
    """Consecutive stretches of at most `size`."""
    return (slice(start, min(start + size, count)) for start in range(0, count, size))
