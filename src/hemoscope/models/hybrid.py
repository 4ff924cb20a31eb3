"""The model: normalise, backbone, tokens, encoder, fusion, head."""

from typing import Literal, NamedTuple, overload

import torch
from torch import Tensor, nn

from hemoscope.models.backbones.backbone import Backbone, map_shapes
from hemoscope.models.config import ModelConfig, Normalisation
from hemoscope.models.encoder import TokenEncoder
from hemoscope.models.freezable import Freezable
from hemoscope.models.fusion import Fused, Fusion
from hemoscope.models.heads import TaskHeads
from hemoscope.models.heads_config import CLASS
from hemoscope.models.tokens import TokenEmbedding


class WithAttention(NamedTuple):
    """Logits, what they were made of, and where the model looked.

    Attributes:
        logits: (batch, classes).
        features: (batch, fusion width), the fused vector before the head.
        blocks: One (batch, heads, tokens, tokens) per encoder block, first block first; each
            row sums to 1. Empty for a model without encoder.
        pooling: (batch, tokens), the weights of attention pooling; None without that part.
        grids: (height, width) of each map, in the order of its tokens; row by row within a map.
    """

    logits: Tensor
    features: Tensor
    blocks: tuple[Tensor, ...]
    pooling: Tensor | None
    grids: tuple[tuple[int, int], ...]


class Normalise(nn.Module):
    """`(images - mean) / std` per channel. Part of the model, so that nobody forgets it."""

    mean: Tensor
    std: Tensor

    def __init__(self, values: Normalisation) -> None:
        super().__init__()
        # Not saved as tensors: the configuration beside the weights holds the numbers.
        self.register_buffer("mean", torch.tensor(values.mean).view(3, 1, 1), persistent=False)
        self.register_buffer("std", torch.tensor(values.std).view(3, 1, 1), persistent=False)

    def forward(self, images: Tensor) -> Tensor:
        """(batch, 3, height, width) in [0, 1] to the same shape."""
        return (images - self.mean) / self.std


class HybridClassifier(Freezable):
    """A convolutional backbone whose map a small transformer reads before the head does.

    Attributes:
        config: What it was built from, with the normalisation written out.
        classes: How many.
        map_shapes: Of the maps that give tokens, at the model's own image size.
    """

    def __init__(
        self,
        config: ModelConfig,
        classes: int,
        body: nn.Module,
        normalisation: Normalisation,
    ) -> None:
        super().__init__()
        self.config = config.model_copy(update={"normalisation": normalisation})
        self.classes = classes
        self.normalise = Normalise(normalisation)
        self.backbone = Backbone(body, config.stages)
        self.map_shapes = shapes = map_shapes(self.backbone, config.image_size)
        self.tokens = TokenEmbedding(shapes, config.width, positions=config.positions)
        self.encoder = TokenEncoder(self.tokens.width, config.encoder)
        self.fusion = Fusion(
            config.fusion,
            channels=self.tokens.width if config.map_projected else shapes[-1].channels,
            token_width=self.tokens.width,
            norm_epsilon=config.encoder.epsilon if config.fusion_norm else None,
        )
        self.head = _head(self.fusion.width, config, classes)
        self.heads = TaskHeads(
            config.tasks, width=self.fusion.width, dropout=config.head_dropout, classes=classes
        )

    @overload
    def forward(self, images: Tensor, return_attention: Literal[False] = False) -> Tensor: ...
    @overload
    def forward(self, images: Tensor, return_attention: Literal[True]) -> WithAttention: ...
    def forward(self, images: Tensor, return_attention: bool = False) -> Tensor | WithAttention:
        """Classify a batch.

        Args:
            images: (batch, 3, height, width), RGB in [0, 1].
            return_attention: Whether to hand out attention maps. They cost memory: fused
                attention, which never holds them, is used otherwise. The logits are the same
                in eval mode.

        Returns:
            Logits (batch, classes), or `WithAttention`.
        """
        maps = self.backbone(self.normalise(images))
        tokens, blocks = self.encoder(self.tokens(maps), return_attention)
        fused = self.fuse(maps[-1], tokens)
        logits = self.head(fused.vector)
        if not return_attention:
            return logits
        grids = tuple((each.shape[-2], each.shape[-1]) for each in maps)
        return WithAttention(logits, fused.vector, blocks, fused.weights, grids)

    def features(self, images: Tensor) -> Tensor:
        """The fused vector before the head: (batch, fusion width). Images as in `forward`."""
        maps = self.backbone(self.normalise(images))
        tokens, _ = self.encoder(self.tokens(maps))
        return self.fuse(maps[-1], tokens).vector

    def answers(self, images: Tensor) -> dict[str, Tensor]:
        """Everything that the model says: the logits of the class, and of every further task.

        Args:
            images: As in `forward`.

        Returns:
            "class" to (batch, classes), as `forward` gives them, then task name to
            (batch, answers).
        """
        vector = self.features(images)
        logits = self.head(vector)
        return {CLASS: logits, **self.heads(vector, logits)}

    def fuse(self, last_map: Tensor, tokens: Tensor) -> Fused:
        """What the head reads; not `fusion` alone, which knows nothing of `map_projected`.

        Args:
            last_map: (batch, channels, height, width), the backbone's last map.
            tokens: (batch, tokens, token width), encoded.
        """
        if self.config.map_projected:
            last_map = self.tokens.project_mean(last_map)
        return self.fusion(last_map, tokens)


def _head(width: int, config: ModelConfig, classes: int) -> nn.Sequential:
    hidden = config.head_hidden
    if hidden is None:
        return nn.Sequential(nn.Dropout(config.head_dropout), nn.Linear(width, classes))
    return nn.Sequential(
        nn.Linear(width, hidden),
        nn.ReLU(),
        nn.Dropout(config.head_dropout),
        nn.Linear(hidden, classes),
    )
