"""CustomCNN, the small network that the paper trains from scratch."""

from collections.abc import Sequence

from torch import Tensor, nn

_CHANNELS = (32, 64, 128, 256)
_KERNELS = (5, 3, 3, 3)


class CustomCNN(nn.Module):
    """Four convolutions with bias, each with ReLU and 2x2 max pooling; no BatchNorm.

    The one natural reading that meets Table 2's total to the parameter (389,952 here). It
    follows timm's protocol for feature maps, so that `Backbone` needs no special case.
    """

    def __init__(self) -> None:
        super().__init__()
        ins = (3, *_CHANNELS[:-1])
        shapes = zip(ins, _CHANNELS, _KERNELS, strict=True)
        self.stages = nn.ModuleList(_stage(*shape) for shape in shapes)
        self.num_features = _CHANNELS[-1]
        self.feature_info = [
            {"num_chs": channels, "reduction": 2 ** (level + 1), "module": f"stages.{level}"}
            for level, channels in enumerate(_CHANNELS)
        ]

    def forward_intermediates(
        self, images: Tensor, indices: Sequence[int]
    ) -> tuple[Tensor, list[Tensor]]:
        """The last map, and the maps of the given levels (0 is the largest)."""
        maps = []
        for stage in self.stages:
            images = stage(images)
            maps.append(images)
        return images, [maps[level] for level in indices]

    def prune_intermediate_layers(self, indices: Sequence[int]) -> None:
        """Take off what comes after the last of the given levels."""
        del self.stages[max(indices) + 1 :]
        self.num_features = _CHANNELS[max(indices)]

    def forward_features(self, images: Tensor) -> Tensor:
        """The last map: (batch, 256, height / 16, width / 16)."""
        return self.forward_intermediates(images, ())[0]


def _stage(channels_in: int, channels_out: int, kernel: int) -> nn.Sequential:
    convolution = nn.Conv2d(channels_in, channels_out, kernel, padding=kernel // 2)
    # Keras's default, which trains faster from scratch than torch's narrower one.
    nn.init.xavier_uniform_(convolution.weight)
    nn.init.zeros_(convolution.bias) if convolution.bias is not None else None
    return nn.Sequential(convolution, nn.ReLU(inplace=True), nn.MaxPool2d(2))
