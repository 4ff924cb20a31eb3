"""Worse pictures: out of focus, coarse, noisy, compressed. Each befalls a share of the cells."""

import io

import numpy as np
import torch
from numpy.typing import NDArray
from PIL import Image
from torch import Tensor
from torch.nn import functional as F  # noqa: N812

_SIGMA = (0.4, 2.0)  # pixels, for blur
_REACH = 4  # pixels on each side of the blurring kernel
_COARSE = (2.0, 4.0)  # the resolution is divided by this
_NOISE = 0.05  # the largest standard deviation of noise
_JPEG = (30, 90)  # qualities


def blur(images: Tensor, chance: float, generator: torch.Generator) -> Tensor:
    """Blurs some of (n, 3, h, w) with a Gaussian of its own width each."""
    hit = _hit(images, chance, generator)
    if not len(hit):
        return images
    low, high = _SIGMA
    sigma = low + (high - low) * torch.rand(len(hit), generator=generator)
    offsets = torch.arange(-_REACH, _REACH + 1.0)
    taps = torch.exp(-(offsets**2) / (2 * sigma[:, None] ** 2))
    taps = (taps / taps.sum(1, keepdim=True)).repeat_interleave(3, dim=0).to(images)
    count, _, height, width = chosen_shape = (len(hit), *images.shape[1:])
    planes = images[hit].reshape(1, count * 3, height, width)
    planes = F.pad(planes, (_REACH,) * 4, mode="reflect")
    planes = F.conv2d(planes, taps[:, None, :, None], groups=count * 3)
    planes = F.conv2d(planes, taps[:, None, None, :], groups=count * 3)
    return _with(images, hit, planes.reshape(chosen_shape))


def coarsen(images: Tensor, chance: float, generator: torch.Generator) -> Tensor:
    """Takes detail from some of (n, 3, h, w), as a weaker objective would; from all as much."""
    hit = _hit(images, chance, generator)
    if not len(hit):
        return images
    low, high = _COARSE
    factor = low + (high - low) * float(torch.rand((), generator=generator))
    size = tuple(max(1, round(side / factor)) for side in images.shape[-2:])
    small = F.interpolate(images[hit], size, mode="bilinear", antialias=True)
    back = F.interpolate(small, images.shape[-2:], mode="bilinear")
    return _with(images, hit, back)


def roughen(images: Tensor, chance: float, generator: torch.Generator) -> Tensor:
    """Adds white noise to some of (n, 3, h, w), of another strength each."""
    hit = _hit(images, chance, generator)
    if not len(hit):
        return images
    chosen = images[hit]
    strength = torch.rand(len(hit), 1, 1, 1, generator=generator) * _NOISE
    noise = torch.randn(chosen.shape, generator=generator) * strength
    return _with(images, hit, (chosen + noise.to(images)).clamp(0, 1))


def compress(images: Tensor, chance: float, generator: torch.Generator) -> Tensor:
    """Saves some of (n, 3, h, w) as JPEG and reads them again."""
    hit = _hit(images, chance, generator)
    if not len(hit):
        return images
    qualities = torch.randint(*_JPEG, (len(hit),), generator=generator).tolist()
    pixels = images[hit].mul(255).round().to(torch.uint8).permute(0, 2, 3, 1).cpu().numpy()
    again = [_as_jpeg(image, quality) for image, quality in zip(pixels, qualities, strict=True)]
    back = torch.from_numpy(np.stack(again)).permute(0, 3, 1, 2)
    return _with(images, hit, back.to(images).div_(255))


def _as_jpeg(pixels: NDArray[np.uint8], quality: int) -> NDArray[np.uint8]:
    file = io.BytesIO()
    Image.fromarray(pixels).save(file, "JPEG", quality=quality)
    return np.array(Image.open(file))


def _hit(images: Tensor, chance: float, generator: torch.Generator) -> Tensor:
    """The rows that it befalls."""
    if chance == 0:
        return torch.empty(0, dtype=torch.long)
    return torch.nonzero(torch.rand(len(images), generator=generator) < chance).squeeze(1)


def _with(images: Tensor, rows: Tensor, changed: Tensor) -> Tensor:
    """The images, those rows replaced; the given tensor is left as it was."""
    return images.index_copy(0, rows.to(images.device), changed)
