"""What a model is, as plain data: every choice is a field that a recipe can override."""

from collections.abc import Mapping
from typing import TYPE_CHECKING, Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from hemoscope.models.heads_config import HeadConfig

if TYPE_CHECKING:
    from hemoscope.cells import Frame

FusionPart = Literal["cnn", "vit", "attention"]
Pooling = Literal["timm", "tensorflow"]

CUSTOM_CNN = "customcnn"
JOINT = "joint"
"""In place of the name of a backbone: the model has several, its branches."""


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Normalisation(_Data):
    """Per channel (R, G, B), the model sees `(pixel - mean) / std`, with pixels in [0, 1]."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]


UNIT = Normalisation(mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))


class BlockShape(_Data):
    """The widths of one encoder block; see `EncoderConfig`."""

    heads: PositiveInt
    key_width: PositiveInt
    feed_forward: PositiveInt


class EncoderConfig(_Data):
    """The token encoder.

    Attributes:
        blocks: Number of blocks; 0 passes the tokens on as they are.
        heads: Attention heads.
        key_width: Width of queries, keys and values in one head.
        feed_forward: Hidden width of the feed-forward part.
        dropout: On attention weights and after the feed-forward part.
        epsilon: Of the layer normalisations.
        shapes: Of each block, first block first, where blocks differ (`hemoscope prune` cuts
            them so); heads, key_width and feed_forward are not read then. None: all are alike.
        tied: Whether all blocks are one block, applied `blocks` times over (as in ALBERT, Lan et
            al. 2020): its weights are there, and counted, once.
    """

    blocks: int = Field(default=2, ge=0)
    heads: PositiveInt = 8
    key_width: PositiveInt = 32
    feed_forward: PositiveInt = 256
    dropout: float = Field(default=0.2, ge=0, lt=1)
    epsilon: float = Field(default=1e-6, gt=0)
    tied: bool = False
    shapes: tuple[BlockShape, ...] | None = None

    @property
    def block_shapes(self) -> tuple[BlockShape, ...]:
        """Of every block, whether they differ or not."""
        if self.shapes is not None:
            return self.shapes
        alike = BlockShape(
            heads=self.heads, key_width=self.key_width, feed_forward=self.feed_forward
        )
        return (alike,) * self.blocks

    def of(self, shape: BlockShape) -> "EncoderConfig":
        """An encoder of a single block of that shape, in all else as this one."""
        return self.model_copy(update={"blocks": 1, "shapes": None, **shape.model_dump()})

    @model_validator(mode="after")
    def _check_shapes(self) -> Self:
        if self.shapes is not None and len(self.shapes) != self.blocks:
            raise ValueError(
                f"shapes describe {len(self.shapes)} blocks, but blocks is {self.blocks}: write "
                "one shape a block, or shapes null for blocks that are alike"
            )
        if self.shapes is not None and self.tied:
            raise ValueError("blocks that are tied are one block, so they cannot differ in shape")
        return self


class BranchConfig(_Data):
    """One backbone of a joint model.

    Attributes:
        name: Of the branch, among letters, digits, "_" and "-".
        backbone: As in `ModelConfig`.
        pooling: As in `ModelConfig`.
        normalisation: As in `ModelConfig`.
    """

    name: str = Field(pattern=r"^[A-Za-z0-9_-]+$")
    backbone: str
    pooling: Pooling = "timm"
    normalisation: Normalisation | None = None

    @model_validator(mode="after")
    def _check_pooling(self) -> Self:
        _check_pooling(self.pooling, self.backbone)
        return self


class ModelConfig(_Data):
    """A model, up to its weights and its number of classes.

    Attributes:
        backbone: A timm model name ("resnet50", "inception_v3.tf_in1k"), or "customcnn"; "joint"
            where there are several.
        joint: The branches of a joint model: each has its backbone, its projection and its
            positions, all have one encoder, fusion and head. Empty for a model of one backbone.
        pooling: How padded 3x3 average pools inside InceptionV3 count the border: "timm"
            counts the padded zeros, "tensorflow" leaves them out, as Keras does.
        stages: Which feature maps become tokens, counted from the end: -1 is the last map,
            -2 the last of the next larger size, and so on. What comes after the last of them is
            not part of the model: [-2] alone is a shorter backbone with a finer last map.
        width: Tokens are projected to this width; None keeps the channels of the map.
        positions: Whether learned positional embeddings are added.
        encoder: The token encoder.
        fusion: What the head sees, concatenated in this order: "cnn", the mean of the last
            map; "vit", the mean of the encoded tokens; "attention", their mean weighted by a
            learned score.
        map_projected: Whether "cnn" is the mean of the projected map, of `width`, instead of the
            map itself, so that it has one width whatever the backbone. Joint models have that.
        fusion_norm: Whether the fused vector goes through a layer normalisation.
        head_hidden: Width of a hidden layer (with ReLU) before the classifier, or None.
        head_dropout: Before the classifier.
        image_size: Side in pixels that positions are laid out for, and the default input.
        framing: What is seen of an image: "whole", all of it; "centre", its middle two thirds;
            "cell", the cell, found and brought to one size and one white (`hemoscope.cells.Frame`).
        normalisation: None stands for what timm's own weights were trained with (and plain
            [0, 1] for CustomCNN). With weights from a file it has to be written out.
        tasks: What the model answers beside the class. Training writes it, from the recipe's
            `tasks` and the answers that the cells have.
    """

    backbone: str
    joint: tuple[BranchConfig, ...] = ()
    pooling: Pooling = "timm"
    stages: tuple[int, ...] = (-1,)
    width: PositiveInt | None = None
    positions: bool = False
    encoder: EncoderConfig = EncoderConfig()
    fusion: tuple[FusionPart, ...] = ("vit",)
    map_projected: bool = False
    fusion_norm: bool = False
    head_hidden: PositiveInt | None = None
    head_dropout: float = Field(default=0.5, ge=0, lt=1)
    image_size: int = Field(default=224, ge=32)
    framing: Literal["whole", "centre", "cell"] = "whole"
    normalisation: Normalisation | None = None
    tasks: dict[str, HeadConfig] = {}

    @property
    def frame(self) -> "Frame":
        """How an image becomes what the model sees."""
        from hemoscope.cells import Frame  # noqa: PLC0415 (naming the zoo needs no numpy)

        return Frame(self.image_size, self.framing)

    @property
    def architecture(self) -> str:
        """The backbone's name without timm's tag for a set of weights."""
        return _architecture(self.backbone)

    @property
    def uses_tokens(self) -> bool:
        """Whether anything downstream reads the tokens."""
        return self.fusion != ("cnn",)

    @model_validator(mode="after")
    def _check_stages(self) -> Self:
        if list(self.stages) != sorted(set(self.stages)) or not self.stages:
            raise ValueError("stages must rise without repeats, such as [-2, -1]")
        if self.stages[-1] > -1:
            raise ValueError("stages count from the end, below 0: -1 is the last map")
        if len(self.stages) > 1 and self.width is None:
            raise ValueError("tokens from several stages need one width: set width, such as 256")
        return self

    @model_validator(mode="after")
    def _check_fusion(self) -> Self:
        if not self.fusion or len(set(self.fusion)) != len(self.fusion):
            raise ValueError("fusion needs at least one of cnn, vit, attention, each at most once")
        projected = self.width is not None and not self.map_projected
        idle = len(self.stages) == 1 and not projected and not self.positions
        if not self.uses_tokens and not (idle and self.encoder.blocks == 0):
            raise ValueError(
                "fusion [cnn] reads no tokens: set encoder.blocks 0, positions false, "
                "width null and one stage, such as [-1], with it"
            )
        return self

    @model_validator(mode="after")
    def _check_pooling(self) -> Self:
        _check_pooling(self.pooling, self.backbone)
        return self

    @model_validator(mode="after")
    def _check_joint(self) -> Self:
        if (self.backbone == JOINT) != bool(self.joint):
            raise ValueError("backbone joint goes with joint: [BACKBONE, BACKBONE, …], and only so")
        if not self.joint:
            return self
        if len(self.joint) == 1:
            raise ValueError("a joint model needs two branches or more; for one, name it as model")
        names = [branch.name for branch in self.joint]
        twice = sorted({name for name in names if names.count(name) > 1})
        if twice:
            raise ValueError(
                f"two branches are called {', '.join(twice)}; name them yourself, such as "
                "joint: {first: BACKBONE, second: BACKBONE}"
            )
        if self.stages != (-1,):
            raise ValueError(
                "the branches of a joint model are read at their last map: set stages [-1]; "
                "hierarchical models cannot be joint"
            )
        if "cnn" in self.fusion and not self.map_projected:
            raise ValueError("a joint model with fusion cnn needs map_projected true")
        return self


def _architecture(backbone: str) -> str:
    return backbone.partition(".")[0]


def _check_pooling(pooling: Pooling, backbone: str) -> None:
    if pooling == "tensorflow" and _architecture(backbone) != "inception_v3":
        raise ValueError("pooling tensorflow exists for the backbone inception_v3 only")


def with_changes(config: ModelConfig, changes: Mapping[str, Any]) -> ModelConfig:
    """The same model with some fields changed, checked again as a whole.

    Args:
        config: Where to start.
        changes: Field names and values; a mapping under `encoder` changes only what it names.

    Raises:
        pydantic.ValidationError: For an unknown field, or fields that do not fit together.
    """
    data = config.model_dump() | dict(changes)
    encoder = changes.get("encoder")
    if isinstance(encoder, Mapping):
        data["encoder"] = config.encoder.model_dump() | dict(encoder)
    return ModelConfig.model_validate(data)
