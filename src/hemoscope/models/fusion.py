"""Fusion: one vector per image, of what the backbone and the encoder found."""

from collections.abc import Sequence
from typing import NamedTuple

import torch
from torch import Tensor, nn

from hemoscope.models.config import FusionPart


class AttentionPooling(nn.Module):
    """The mean over tokens, weighted by a learned score of each token (F_attn).

    The score has no bias: softmax would cancel it.
    """

    def __init__(self, width: int) -> None:
        super().__init__()
        self.score = nn.Linear(width, 1, bias=False)

    def forward(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """(batch, tokens, width) to the mean (batch, width) and the weights (batch, tokens)."""
        weights = self.score(tokens).squeeze(-1).softmax(dim=1)
        return (weights.unsqueeze(1) @ tokens).squeeze(1), weights


class Fused(NamedTuple):
    """What fusion gives: the vector (batch, width), and token weights (batch, tokens) or None."""

    vector: Tensor
    weights: Tensor | None


class Fusion(nn.Module):
    """Concatenates the chosen parts, in the order asked for.

    Attributes:
        width: Of the fused vector.
    """

    def __init__(
        self,
        parts: Sequence[FusionPart],
        *,
        channels: int,
        token_width: int,
        norm_epsilon: float | None,
    ) -> None:
        """Lay out the parts.

        Args:
            parts: Which, in order.
            channels: Of the backbone's last map.
            token_width: Of the encoded tokens.
            norm_epsilon: Of the layer normalisation over the fused vector; None for none.
        """
        super().__init__()
        self.parts = tuple(parts)
        self.width = sum(channels if part == "cnn" else token_width for part in parts)
        self.pool = AttentionPooling(token_width) if "attention" in parts else None
        self.norm = None if norm_epsilon is None else nn.LayerNorm(self.width, eps=norm_epsilon)

    def forward(self, last_map: Tensor, tokens: Tensor) -> Fused:
        """One vector per image.

        Args:
            last_map: (batch, channels, height, width).
            tokens: (batch, tokens, token width).
        """
        found: dict[FusionPart, Tensor] = {}
        weights = None
        if "cnn" in self.parts:
            found["cnn"] = last_map.mean(dim=(2, 3))
        if "vit" in self.parts:
            found["vit"] = tokens.mean(dim=1)
        if self.pool is not None:
            found["attention"], weights = self.pool(tokens)
        vector = torch.cat([found[part] for part in self.parts], dim=1)
        return Fused(vector if self.norm is None else self.norm(vector), weights)
