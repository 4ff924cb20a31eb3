"""Another stain, lamp or camera, as one 3 by 3 map of optical densities a cell.

Stain takes light away in proportion (Beer-Lambert): density = -log(light). In densities the amount
of stain is a factor, its hue a mixing of the channels, and the colour of the lamp an offset. So the
three vary together by one matrix and one vector, much as in Tellez et al. 2018 ("Whole-slide
mitosis detection … using PHH3 …"), without assuming which dyes there are.
"""

import torch
from torch import Tensor

_DARKEST = 1 / 255
# Spread (standard deviation, or limit where it is said) at strength 1.
_AMOUNT = 0.25  # log of the density of all channels
_CHANNEL = 0.20  # log of the density of one channel
_MIXING = 0.10  # share of a channel's density that another one takes on
_SATURATION = 0.5  # limit: channels go this share towards their mean, or away from it
_LAMP = 0.06  # offset of a channel's density


def restain(images: Tensor, strength: float, generator: torch.Generator) -> Tensor:
    """Varies the colours of every image on its own.

    Args:
        images: (n, 3, h, w) in [0, 1].
        strength: 0 leaves them alone; 1 covers about what different laboratories show.
        generator: On the CPU.

    Returns:
        The same shape, in [0, 1].
    """
    if strength == 0:
        return images
    maps, offsets = _maps(len(images), strength, generator)
    densities = images.clamp(min=_DARKEST).log().neg()
    mixed = torch.einsum("nij,njhw->nihw", maps.to(images), densities)
    mixed += offsets.to(images)[:, :, None, None]
    return mixed.neg_().exp_().clamp_(0, 1)


def _maps(count: int, strength: float, generator: torch.Generator) -> tuple[Tensor, Tensor]:
    """(n, 3, 3) maps of densities, and (n, 3) offsets."""
    amount = _normal((count, 1, 1), _AMOUNT * strength, generator).exp()
    channel = _normal((count, 3), _CHANNEL * strength, generator).exp()
    mixing = torch.diag_embed(channel) + _normal((count, 3, 3), _MIXING * strength, generator)
    keep = 1 + (torch.rand(count, 1, 1, generator=generator) * 2 - 1) * _SATURATION * strength
    saturation = keep * torch.eye(3) + (1 - keep) / 3
    offsets = _normal((count, 3), _LAMP * strength, generator)
    return amount * (mixing @ saturation), offsets


def _normal(shape: tuple[int, ...], spread: float, generator: torch.Generator) -> Tensor:
    return torch.randn(shape, generator=generator) * spread
