"""From the coarse grid of a feature map to the pixels of the image."""

from torch import Tensor
from torch.nn import functional


def to_pixels(grid: Tensor, size: tuple[int, int]) -> Tensor:
    """(n, rows, columns) → (n, height, width), bilinear.

    The grid is laid evenly over the image. Convolutions without padding see a little less of
    the border than that, which no common method of drawing such maps takes into account.
    """
    return functional.interpolate(
        grid[:, None].float(), size=size, mode="bilinear", align_corners=False
    )[:, 0]
