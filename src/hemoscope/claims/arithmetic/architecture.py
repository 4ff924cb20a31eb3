"""Parameters and shapes of the models, by arithmetic.

Counts are Keras's: a batch normalisation has four numbers a channel, two of them moving
statistics that are never trained.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

# `Model.count_params()` of keras.applications with `include_top=False`.
KERAS_BACKBONE_PARAMETERS = {
    "resnet50": 23_587_712,
    "efficientnet_b3": 10_783_535,
    "inception_v3": 21_802_784,
}


def dense(inputs: int, outputs: int) -> int:
    """Weights and biases of a dense layer."""
    return inputs * outputs + outputs


def convolution(edge: int, inputs: int, outputs: int) -> int:
    """Weights and biases of a square convolution."""
    return edge * edge * inputs * outputs + outputs


def attention(width: int, heads: int, key: int) -> int:
    """Query, key, value and output projections of multi-head attention, with biases.

    Args:
        width: Width of a token.
        heads: Number of heads.
        key: Width of one head.
    """
    return 3 * dense(width, heads * key) + dense(heads * key, width)


def transformer_block(width: int, *, heads: int, key: int, inner: int) -> int:
    """Attention, a feed-forward layer of `inner` units, and two layer normalisations."""
    feed_forward = dense(width, inner) + dense(inner, width)
    return attention(width, heads, key) + feed_forward + 2 * 2 * width


def convolution_stack(edges: Sequence[int], channels: Sequence[int]) -> int:
    """A chain of convolutions through these channel counts.

    Args:
        edges: Edge of each kernel.
        channels: Channels before, between and after; one more than `edges`.
    """
    steps = zip(edges, pairwise(channels), strict=True)
    return sum(convolution(edge, before, after) for edge, (before, after) in steps)


@dataclass(frozen=True)
class Step:
    """A convolution or pooling, as far as the edge of its output goes."""

    kernel: int
    stride: int

    def edge(self, before: int) -> int:
        """The edge after a step without padding."""
        return (before - self.kernel) // self.stride + 1


# Steps of InceptionV3 that change the edge; all others are padded.
INCEPTION_V3_STEPS = tuple(
    Step(kernel, stride)
    for kernel, stride in ((3, 2), (3, 1), (3, 2), (3, 1), (3, 2), (3, 2), (3, 2))
)


def inception_v3_edge(edge: int) -> int:
    """Edge of InceptionV3's last feature map."""
    for step in INCEPTION_V3_STEPS:
        edge = step.edge(edge)
    return edge


@dataclass(frozen=True)
class Layer:
    """One Keras layer: its numbers, and how many of them are moving statistics."""

    parameters: int = 0
    moving: int = 0


def resnet50_layers() -> list[Layer]:
    """The layers of keras.applications' ResNet50 without its top, in Keras's order.

    He et al., CVPR 2016, 770; version 1, convolutions with bias.
    """
    stem = [Layer(), Layer(), Layer(convolution(7, 3, 64)), _batch_norm(64), *[Layer()] * 3]
    return stem + list(_stages())


def frozen_parameters(layers: Sequence[Layer], frozen: int) -> int:
    """Numbers that are not trained when the first layers are frozen."""
    held = sum(layer.parameters for layer in layers[:frozen])
    return held + sum(layer.moving for layer in layers[frozen:])


def _batch_norm(channels: int) -> Layer:
    return Layer(parameters=4 * channels, moving=2 * channels)


def _stages() -> Iterator[Layer]:
    inputs = 64
    for filters, blocks in ((64, 3), (128, 4), (256, 6), (512, 3)):
        for block in range(blocks):
            yield from _bottleneck(inputs, filters, shortcut=block == 0)
            inputs = 4 * filters


def _bottleneck(inputs: int, filters: int, *, shortcut: bool) -> Iterator[Layer]:
    outputs = 4 * filters
    for edge, before in ((1, inputs), (3, filters)):
        yield from (Layer(convolution(edge, before, filters)), _batch_norm(filters), Layer())
    if shortcut:
        yield Layer(convolution(1, inputs, outputs))
    yield Layer(convolution(1, filters, outputs))
    if shortcut:
        yield _batch_norm(outputs)
    yield from (_batch_norm(outputs), Layer(), Layer())
