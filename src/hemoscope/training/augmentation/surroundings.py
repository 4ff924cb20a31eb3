"""Tight crops: sets that cut each cell out leave nothing around it, and framing fills that in."""

import torch
from torch import Tensor

_KEPT = (0.5, 0.95)  # half the side of what stays, as a share of half the image's
_FILL = (
    0.75,
    1.0,
)  # what comes around it, in each channel; framing fills with the brightest colour
_BLACK = 0.2  # but some sets are cut out on black


def crop_tightly(images: Tensor, chance: float, generator: torch.Generator) -> Tensor:
    """Covers all but the middle of some of (n, 3, h, w) with one colour each."""
    if chance == 0:
        return images
    count, _, height, width = images.shape
    hit = torch.rand(count, generator=generator) < chance
    low, high = _KEPT
    half = low + (high - low) * torch.rand(count, 2, generator=generator)
    rows = torch.linspace(-1, 1, height).abs() <= half[:, :1]
    columns = torch.linspace(-1, 1, width).abs() <= half[:, 1:]
    kept = rows[:, None, :, None] & columns[:, None, None, :] | ~hit[:, None, None, None]
    dark, light = _FILL
    colour = dark + (light - dark) * torch.rand(count, 3, 1, 1, generator=generator)
    colour *= (torch.rand(count, 1, 1, 1, generator=generator) >= _BLACK).float()
    return torch.where(kept.to(images.device), images, colour.to(images))
