"""What an image without evidence looks like: the image itself, strongly blurred."""

import torch
from torch import Tensor
from torch.nn import functional

BLUR = 0.1
"""Standard deviation of the blur, as a share of the image's side."""


def blurred(images: Tensor, strength: float = BLUR) -> Tensor:
    """Gaussian blur: texture and outlines go, the colours of the smear stay.

    A black or grey square is a shape and a colour that no smear has, and a model's answer to it
    says little about the cell (Sturmfels et al., Distill 2020). A blurred image keeps the
    mean colours and lacks the edges, as in Petsiuk et al. (2018).

    Args:
        images: (n, 3, h, w).
        strength: Standard deviation as a share of the shorter side.

    Returns:
        Images of the same shape, in the range of the given ones.
    """
    side = min(images.shape[-2:])
    sigma = strength * side
    # Reflection at the border cannot reach farther than the other side.
    reach = min(int(3 * sigma), side - 1)
    places = torch.arange(-reach, reach + 1, dtype=images.dtype, device=images.device)
    kernel = (-(places**2) / (2 * sigma**2)).softmax(dim=0)  # sums to 1
    channels = images.shape[1]
    across = kernel.view(1, 1, 1, -1).expand(channels, 1, 1, -1)
    padded = functional.pad(images, (reach, reach, reach, reach), mode="reflect")
    # One axis after the other: torchvision's blur takes a square kernel, a hundred times slower.
    rows = functional.conv2d(padded, across, groups=channels)
    return functional.conv2d(rows, across.transpose(2, 3), groups=channels)
