"""What an image without evidence looks like: the image itself, strongly blurred."""

from torch import Tensor
from torchvision.transforms.v2 import functional

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
    # Reflection at the border needs a kernel of less than twice the side.
    reach = min(int(3 * sigma), side - 1)
    return functional.gaussian_blur(images, [2 * reach + 1, 2 * reach + 1], [sigma, sigma])
