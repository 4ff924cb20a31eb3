"""Feature maps become tokens: flatten, project, say where each one stood."""

from collections.abc import Sequence
from typing import Any

import torch
from torch import Tensor, nn
from torch.nn import functional

from hemoscope.models.backbones.backbone import MapShape


class StageTokens(nn.Module):
    """The tokens of one feature map, row by row.

    Attributes:
        project: Linear map to the token width, or None to keep the channels.
        position: (1, token width, height, width) learned embeddings, or None. They are
            resized (bicubic) for a map of another size than the model was laid out for.
        scale: (token width,) learned embedding of the stage, or None for a single stage.
    """

    def __init__(self, shape: MapShape, width: int | None, *, positions: bool, scale: bool) -> None:
        super().__init__()
        token_width = shape.channels if width is None else width
        self.project = None if width is None else _projection(shape.channels, width)
        self.position = _embedding(1, token_width, shape.height, shape.width) if positions else None
        self.scale = _embedding(token_width) if scale else None

    def forward(self, feature_map: Tensor) -> Tensor:
        """(batch, channels, height, width) to (batch, height * width, token width)."""
        tokens = feature_map.flatten(2).transpose(1, 2)
        if self.project is not None:
            tokens = self.project(tokens)
        if self.position is not None:
            grid = (feature_map.shape[-2], feature_map.shape[-1])
            tokens = tokens + _resized(self.position, grid).flatten(2).transpose(1, 2)
        return tokens if self.scale is None else tokens + self.scale


class TokenEmbedding(nn.Module):
    """The tokens of every chosen map, largest map first, in one sequence."""

    def __init__(self, shapes: Sequence[MapShape], width: int | None, *, positions: bool) -> None:
        super().__init__()
        self.width = shapes[-1].channels if width is None else width
        several = len(shapes) > 1
        self.stages: Any = nn.ModuleList(
            StageTokens(shape, width, positions=positions, scale=several) for shape in shapes
        )

    def forward(self, maps: Sequence[Tensor]) -> Tensor:
        """Maps (batch, channels, height, width) to tokens (batch, tokens, width)."""
        parts = [stage(each) for stage, each in zip(self.stages, maps, strict=True)]
        return torch.cat(parts, dim=1)

    def project_mean(self, last_map: Tensor) -> Tensor:
        """The mean of the projected last map, and so the projection of its mean.

        Args:
            last_map: (batch, channels, height, width).

        Returns:
            (batch, token width, 1, 1), without positions.
        """
        mean, project = last_map.mean(dim=(2, 3)), self.stages[-1].project
        return (mean if project is None else project(mean))[:, :, None, None]


def _projection(channels: int, width: int) -> nn.Linear:
    linear = nn.Linear(channels, width)
    nn.init.xavier_uniform_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear


def _embedding(*shape: int) -> nn.Parameter:
    return nn.Parameter(nn.init.trunc_normal_(torch.empty(*shape), std=0.02))


def _resized(position: Tensor, grid: tuple[int, int]) -> Tensor:
    if tuple(position.shape[-2:]) == grid:
        return position
    return functional.interpolate(position, size=grid, mode="bicubic", align_corners=False)
