"""The one contract that encoders see: an image batch goes in, chosen feature maps come out."""

from collections.abc import Sequence
from dataclasses import dataclass

import torch
from torch import Tensor, nn
from torch.func import functional_call

from hemoscope.errors import HemoscopeError


@dataclass(frozen=True)
class MapShape:
    """One feature map: channels, and its grid of positions."""

    channels: int
    height: int
    width: int


class Backbone(nn.Module):
    """A convolutional network without its classifier.

    Attributes:
        body: The network. Its parameter names are the network's own (timm's, for timm models).
        stages: Which maps come out, counted from the end; -1 is the last.
        channels: Of the last map that comes out.
    """

    def __init__(self, body: nn.Module, stages: Sequence[int]) -> None:
        """Take the network; what comes after the last of the stages is cut off it for good.

        Args:
            body: All of the network, its weights loaded.
            stages: Ascending, below 0.

        Raises:
            HemoscopeError: The network has fewer maps, or cannot be cut.
        """
        super().__init__()
        self.body = body
        self.stages = tuple(stages)
        levels = len(body.feature_info)  # pyright: ignore[reportArgumentType] -- timm's list
        if -self.stages[0] > levels:
            raise HemoscopeError(
                f"stages {list(self.stages)} ask for {-self.stages[0]} sizes of map, but this "
                f"backbone has {levels}. Write stages between -{levels} and -1."
            )
        self._levels = [levels + stage for stage in self.stages[:-1]]
        self.channels: int = body.num_features  # pyright: ignore[reportAttributeAccessIssue]
        if self.stages[-1] < -1:
            self.channels = _cut(body, levels + self.stages[-1])

    def forward(self, images: Tensor) -> tuple[Tensor, ...]:
        """The chosen maps, the last map last.

        Args:
            images: (batch, 3, height, width), normalised.

        Returns:
            For each stage a tensor (batch, channels, map height, map width).
        """
        if not self._levels:
            return (self.body.forward_features(images),)  # pyright: ignore[reportCallIssue]
        last, maps = self.body.forward_intermediates(  # pyright: ignore[reportCallIssue]
            images, indices=self._levels
        )
        return (*maps, last)


def _cut(body: nn.Module, level: int) -> int:
    """Take off a network what comes after one of its maps; the channels of that map."""
    try:
        body.prune_intermediate_layers([level])  # pyright: ignore[reportCallIssue]
    except (AttributeError, NotImplementedError) as error:
        raise HemoscopeError(
            f"{type(body).__name__} cannot be cut behind one of its maps: write stages that end "
            "with -1."
        ) from error
    return body.feature_info[level]["num_chs"]  # pyright: ignore


def map_shapes(backbone: Backbone, image_size: int) -> tuple[MapShape, ...]:
    """The shape of each map for square images of one size.

    Found by running an image through without numbers (on the meta device): nothing is computed,
    and no statistic moves.

    Raises:
        HemoscopeError: If the network gives no (batch, channels, height, width) maps, or takes no
            images of this size.
    """
    state = (*backbone.named_parameters(), *backbone.named_buffers())
    shadow = {name: tensor.detach().to("meta") for name, tensor in state}
    # Two images: in training, normalisation refuses the single value of a map of one pixel.
    images = torch.zeros(2, 3, image_size, image_size, device="meta")
    try:
        maps = functional_call(backbone, shadow, (images,))
    except (RuntimeError, AssertionError) as error:
        raise HemoscopeError(
            f"This backbone makes no feature map of images of {image_size} pixels ({error}). Give "
            "model.image_size another value, such as 224."
        ) from error
    if any(tensor.ndim != 4 for tensor in maps) or maps[-1].shape[1] != backbone.channels:
        raise HemoscopeError(
            "This backbone gives no feature maps (channels by height by width) to make tokens "
            "of. Choose a convolutional timm model, such as resnet50 or inception_v3."
        )
    return tuple(MapShape(*tensor.shape[1:]) for tensor in maps)
