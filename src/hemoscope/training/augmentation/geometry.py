"""Flips, turns, zoom and shift as one affine map a cell, so that pixels are interpolated once."""

import math

import torch
from torch import Tensor
from torch.nn import functional as F  # noqa: N812 (the name that torch's own documentation uses)

from hemoscope.training.augmentation.settings import Augmentation


def affine_maps(
    count: int, augmentation: Augmentation, generator: torch.Generator, *, margin: float = 1.0
) -> Tensor:
    """(n, 2, 3) maps from output to input coordinates, both in [-1, 1].

    Args:
        count: n.
        augmentation: How far.
        generator: On the CPU.
        margin: How many times the side of the frame the input shows.
    """
    angle = _uniform(count, augmentation.rotation, generator)
    if augmentation.quarter_turns:
        angle = angle + torch.randint(4, (count,), generator=generator) * (math.pi / 2)
    mirror = torch.ones(count, 2)
    if augmentation.flips:
        mirror = torch.randint(2, (count, 2), generator=generator) * 2.0 - 1
    scale = torch.full((count,), 1 / margin)
    if augmentation.zoom > 1:
        scale = scale * _uniform(count, math.log(augmentation.zoom), generator).exp()
    cos, sin = angle.cos() * scale, angle.sin() * scale
    maps = torch.zeros(count, 2, 3)
    maps[:, 0, 0], maps[:, 0, 1] = cos * mirror[:, 0], -sin * mirror[:, 1]
    maps[:, 1, 0], maps[:, 1, 1] = sin * mirror[:, 0], cos * mirror[:, 1]
    if augmentation.shift:
        # Coordinates span two units a side.
        moved = (torch.rand(count, 2, generator=generator) * 2 - 1) * 2 * augmentation.shift
        maps[:, :, 2] = moved / margin
    return maps


def resample(images: Tensor, maps: Tensor, size: int) -> Tensor:
    """(n, 3, size, size): each image through its map, bilinear; beyond its border, mirrored."""
    shape = [*images.shape[:2], size, size]
    grid = F.affine_grid(maps.to(images), shape, align_corners=False)
    return F.grid_sample(
        images, grid, mode="bilinear", padding_mode="reflection", align_corners=False
    )


def centre(images: Tensor, size: int) -> Tensor:
    """The middle (size, size) of (n, 3, h, w): the frame itself, without its margin."""
    upper, left = ((side - size) // 2 for side in images.shape[-2:])
    return images[..., upper : upper + size, left : left + size]


def _uniform(count: int, limit: float, generator: torch.Generator) -> Tensor:
    return (torch.rand(count, generator=generator) * 2 - 1) * limit
