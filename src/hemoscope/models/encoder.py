"""The token encoder: multi-head self-attention and feed-forward blocks.

Pre-norm: each part reads normalised tokens and adds to the tokens themselves. Table 2 fixes
two layer normalisations a block and none after the last, which both orders would meet. Pre-norm
is what the Keras examples of vision transformers use, and it trains without warm-up tricks on
top of a backbone whose features have no fixed scale.
"""

from torch import Tensor, nn
from torch.nn import functional

from hemoscope.models.config import EncoderConfig


class SelfAttention(nn.Module):
    """Multi-head self-attention whose heads may be wider than the tokens divided by heads.

    The layout of Keras's `MultiHeadAttention`: inner width heads * key_width, biases on
    query, key, value and output.
    """

    def __init__(self, width: int, config: EncoderConfig) -> None:
        super().__init__()
        inner = config.heads * config.key_width
        self.heads = config.heads
        self.dropout = config.dropout
        self.query = _linear(width, inner)
        self.key = _linear(width, inner)
        self.value = _linear(width, inner)
        self.output = _linear(inner, width)

    def forward(self, tokens: Tensor, with_map: bool = False) -> tuple[Tensor, Tensor | None]:
        """Mix the tokens.

        Args:
            tokens: (batch, tokens, width).
            with_map: Whether to hand out the attention weights. Fused attention, which never
                holds them, is used otherwise.

        Returns:
            Mixed tokens of the same shape, and the weights (batch, heads, tokens, tokens),
            whose rows sum to 1, or None.
        """
        query, key, value = (
            self._split(project(tokens)) for project in (self.query, self.key, self.value)
        )
        if with_map:
            scores = query @ key.transpose(-2, -1) * query.shape[-1] ** -0.5
            weights = scores.softmax(dim=-1)
            mixed = functional.dropout(weights, self.dropout, self.training) @ value
            return self._merge(mixed), weights
        dropout = self.dropout if self.training else 0.0
        mixed = functional.scaled_dot_product_attention(query, key, value, dropout_p=dropout)
        return self._merge(mixed), None

    def _split(self, tokens: Tensor) -> Tensor:
        return tokens.unflatten(-1, (self.heads, -1)).transpose(1, 2)

    def _merge(self, mixed: Tensor) -> Tensor:
        return self.output(mixed.transpose(1, 2).flatten(2))


class EncoderBlock(nn.Module):
    """Self-attention, then feed-forward (GELU), each normalised before and added after."""

    def __init__(self, width: int, config: EncoderConfig) -> None:
        super().__init__()
        self.attention_norm = nn.LayerNorm(width, eps=config.epsilon)
        self.attention = SelfAttention(width, config)
        self.feed_forward_norm = nn.LayerNorm(width, eps=config.epsilon)
        self.feed_forward = nn.Sequential(
            _linear(width, config.feed_forward),
            nn.GELU(),
            _linear(config.feed_forward, width),
            nn.Dropout(config.dropout),
        )

    def forward(self, tokens: Tensor, with_map: bool = False) -> tuple[Tensor, Tensor | None]:
        """Tokens to tokens of the same shape, and attention weights; see `SelfAttention`."""
        mixed, weights = self.attention(self.attention_norm(tokens), with_map)
        tokens = tokens + mixed
        return tokens + self.feed_forward(self.feed_forward_norm(tokens)), weights


class TokenEncoder(nn.Module):
    """A stack of blocks, or one block applied over and over; with none, tokens pass unchanged."""

    def __init__(self, width: int, config: EncoderConfig) -> None:
        super().__init__()
        shapes = config.block_shapes[:1] if config.tied else config.block_shapes
        self.blocks = nn.ModuleList(EncoderBlock(width, config.of(shape)) for shape in shapes)
        self._times = config.blocks if config.tied else 1

    def forward(self, tokens: Tensor, with_maps: bool = False) -> tuple[Tensor, tuple[Tensor, ...]]:
        """Encode the tokens.

        Args:
            tokens: (batch, tokens, width).
            with_maps: Whether to hand out the attention weights.

        Returns:
            Tokens of the same shape, and every block's attention weights, first block first
            (empty unless asked for).
        """
        maps = []
        for block in [*self.blocks] * self._times:
            tokens, weights = block(tokens, with_maps)
            maps.append(weights)
        return tokens, tuple(maps) if with_maps else ()


def _linear(inputs: int, outputs: int) -> nn.Linear:
    linear = nn.Linear(inputs, outputs)
    nn.init.xavier_uniform_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear
