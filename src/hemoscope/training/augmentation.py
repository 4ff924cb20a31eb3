"""Augmentation of a whole batch at once, on the device that trains.

torchvision's transforms draw one set of parameters a call, so that a batch would turn as one;
called cell by cell they would starve the model. Here every cell gets its own parameters, and
flips, turns and rotation become one affine map, so that pixels are interpolated only once.
"""

import math

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 (the name that torch's own documentation uses)

from hemoscope.training.recipe import Augmentation


def to_unit_range(pixels: Tensor) -> Tensor:
    """(n, h, w, 3) uint8 → (n, 3, h, w) float32 in [0, 1], in channels_last memory."""
    return pixels.permute(0, 3, 1, 2).float().div_(255)


def augment(images: Tensor, augmentation: Augmentation, generator: torch.Generator) -> Tensor:
    """Varies every image of a batch on its own.

    Args:
        images: (n, 3, h, w) float in [0, 1].
        augmentation: What is varied, and how far.
        generator: On the CPU, so that the same seed gives the same cells on every device.

    Returns:
        (n, 3, h, w) in [0, 1]; corners that a rotation uncovers mirror the image's border.
    """
    turned = _turn(images, _affine_maps(len(images), augmentation, generator))
    if augmentation.brightness == 0:
        return turned
    shift = _uniform(len(images), augmentation.brightness, generator).to(turned)
    return turned.add_(shift[:, None, None, None]).clamp_(0, 1)


def _uniform(count: int, limit: float, generator: torch.Generator) -> Tensor:
    return (torch.rand(count, generator=generator) * 2 - 1) * limit


def _affine_maps(count: int, augmentation: Augmentation, generator: torch.Generator) -> Tensor:
    """(n, 2, 3) maps from output to input coordinates, both in [-1, 1]."""
    angle = _uniform(count, augmentation.rotation, generator)
    if augmentation.quarter_turns:
        angle = angle + torch.randint(4, (count,), generator=generator) * (math.pi / 2)
    mirror = torch.ones(count, 2)
    if augmentation.flips:
        mirror = torch.randint(2, (count, 2), generator=generator) * 2.0 - 1
    cos, sin = angle.cos(), angle.sin()
    maps = torch.zeros(count, 2, 3)
    maps[:, 0, 0], maps[:, 0, 1] = cos * mirror[:, 0], -sin * mirror[:, 1]
    maps[:, 1, 0], maps[:, 1, 1] = sin * mirror[:, 0], cos * mirror[:, 1]
    return maps


def _turn(images: Tensor, maps: Tensor) -> Tensor:
    grid = F.affine_grid(maps.to(images), list(images.shape), align_corners=False)
    return F.grid_sample(
        images, grid, mode="bilinear", padding_mode="reflection", align_corners=False
    )
