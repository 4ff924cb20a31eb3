"""`augment`: one varied batch."""

import torch
from torch import Tensor

from hemoscope.training.augmentation.geometry import affine_maps, resample
from hemoscope.training.augmentation.quality import blur, coarsen, compress, roughen
from hemoscope.training.augmentation.settings import Augmentation
from hemoscope.training.augmentation.stain import restain
from hemoscope.training.augmentation.surroundings import crop_tightly


def to_unit_range(pixels: Tensor) -> Tensor:
    """(n, h, w, 3) uint8 → (n, 3, h, w) float32 in [0, 1], in channels_last memory."""
    return pixels.permute(0, 3, 1, 2).float().div_(255)


def augment(
    images: Tensor,
    augmentation: Augmentation,
    generator: torch.Generator,
    *,
    size: int | None = None,
    margin: float = 1.0,
) -> Tensor:
    """Varies every image of a batch on its own.

    Args:
        images: (n, 3, h, w) float in [0, 1].
        augmentation: What is varied, and how far.
        generator: On the CPU, so that the same seed gives the same cells on every device.
        size: Side of the varied images in pixels; by default that of the images themselves.
        margin: The images show this many times the side of the model's frame.

    Returns:
        (n, 3, size, size) in [0, 1]. What a turn or a shift brings in from beyond the border
        mirrors the image.
    """
    maps = affine_maps(len(images), augmentation, generator, margin=margin)
    varied = resample(images, maps, size or images.shape[-1])
    varied = restain(varied, augmentation.stain, generator)
    varied = _brighten(varied, augmentation.brightness, generator)
    varied = blur(varied, augmentation.blur, generator)
    varied = coarsen(varied, augmentation.coarseness, generator)
    varied = roughen(varied, augmentation.noise, generator)
    varied = compress(varied, augmentation.jpeg, generator)
    return crop_tightly(varied, augmentation.tight, generator)


def _brighten(images: Tensor, limit: float, generator: torch.Generator) -> Tensor:
    if limit == 0:
        return images
    shift = (torch.rand(len(images), generator=generator) * 2 - 1) * limit
    return images.add_(shift.to(images)[:, None, None, None]).clamp_(0, 1)
