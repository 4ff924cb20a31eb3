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

    def forward(self, tokens: Tensor) -> Tensor:
        """(batch, tokens, width) to the same shape, through fused attention."""
        query, key, value = self._heads(tokens)
        dropout = self.dropout if self.training else 0.0
        mixed = functional.scaled_dot_product_attention(query, key, value, dropout_p=dropout)
        return self._merge(mixed)

    def forward_with_map(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """The same, with the attention weights (batch, heads, tokens, tokens), rows sum to 1."""
        query, key, value = self._heads(tokens)
        scores = query @ key.transpose(-2, -1) * query.shape[-1] ** -0.5
        weights = scores.softmax(dim=-1)
        mixed = functional.dropout(weights, self.dropout, self.training) @ value
        return self._merge(mixed), weights

    def _heads(self, tokens: Tensor) -> tuple[Tensor, Tensor, Tensor]:
        return (
            self._split(self.query(tokens)),
            self._split(self.key(tokens)),
            self._split(self.value(tokens)),
        )

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

    def forward(self, tokens: Tensor) -> Tensor:
        """(batch, tokens, width) to the same shape."""
        tokens = tokens + self.attention(self.attention_norm(tokens))
        return tokens + self.feed_forward(self.feed_forward_norm(tokens))

    def forward_with_map(self, tokens: Tensor) -> tuple[Tensor, Tensor]:
        """The same, with the attention weights (batch, heads, tokens, tokens)."""
        mixed, weights = self.attention.forward_with_map(self.attention_norm(tokens))
        tokens = tokens + mixed
        return tokens + self.feed_forward(self.feed_forward_norm(tokens)), weights


class TokenEncoder(nn.Module):
    """A stack of blocks; with none, the tokens pass unchanged."""

    def __init__(self, width: int, config: EncoderConfig) -> None:
        super().__init__()
        self.blocks = nn.ModuleList(EncoderBlock(width, config) for _ in range(config.blocks))

    def forward(self, tokens: Tensor) -> Tensor:
        """(batch, tokens, width) to the same shape."""
        for block in self.blocks:
            tokens = block(tokens)
        return tokens

    def forward_with_maps(self, tokens: Tensor) -> tuple[Tensor, tuple[Tensor, ...]]:
        """The same, with every block's attention weights, first block first."""
        maps = []
        for block in self.blocks:
            tokens, weights = block.forward_with_map(tokens)
            maps.append(weights)
        return tokens, tuple(maps)


def _linear(inputs: int, outputs: int) -> nn.Linear:
    linear = nn.Linear(inputs, outputs)
    nn.init.xavier_uniform_(linear.weight)
    nn.init.zeros_(linear.bias)
    return linear
