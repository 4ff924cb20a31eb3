"""What a model is, as plain data: every choice is a field that a recipe can override."""

from collections.abc import Mapping
from typing import Any, Literal, Self

from pydantic import BaseModel, ConfigDict, Field, PositiveInt, model_validator

from hemoscope.cells.framing import Frame, Framing
from hemoscope.models.heads_config import HeadConfig

FusionPart = Literal["cnn", "vit", "attention"]

CUSTOM_CNN = "customcnn"


class _Data(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Normalisation(_Data):
    """Per channel (R, G, B), the model sees `(pixel - mean) / std`, with pixels in [0, 1]."""

    mean: tuple[float, float, float]
    std: tuple[float, float, float]


UNIT = Normalisation(mean=(0.0, 0.0, 0.0), std=(1.0, 1.0, 1.0))


class EncoderConfig(_Data):
    """The token encoder.

    Attributes:
        blocks: Number of blocks; 0 passes the tokens on as they are.
        heads: Attention heads.
        key_width: Width of queries, keys and values in one head.
        feed_forward: Hidden width of the feed-forward part.
        dropout: On attention weights and after the feed-forward part.
        epsilon: Of the layer normalisations.
    """

    blocks: int = Field(default=2, ge=0)
    heads: PositiveInt = 8
    key_width: PositiveInt = 32
    feed_forward: PositiveInt = 256
    dropout: float = Field(default=0.2, ge=0, lt=1)
    epsilon: float = Field(default=1e-6, gt=0)


class ModelConfig(_Data):
    """A model, up to its weights and its number of classes.

    Attributes:
        backbone: A timm model name ("resnet50", "inception_v3.tf_in1k"), or "customcnn".
        pooling: How padded 3x3 average pools inside InceptionV3 count the border: "timm"
            counts the padded zeros, "tensorflow" leaves them out, as Keras does.
        stages: Which feature maps become tokens, counted from the end: -1 is the last map,
            -2 the last of the next larger size, and so on. Ends with -1.
        width: Tokens are projected to this width; None keeps the channels of the map.
        positions: Whether learned positional embeddings are added.
        encoder: The token encoder.
        fusion: What the head sees, concatenated in this order: "cnn", the mean of the last
            map; "vit", the mean of the encoded tokens; "attention", their mean weighted by a
            learned score.
        fusion_norm: Whether the fused vector goes through a layer normalisation.
        head_hidden: Width of a hidden layer (with ReLU) before the classifier, or None.
        head_dropout: Before the classifier.
        image_size: Side in pixels that positions are laid out for, and the default input.
        framing: What is seen of an image: "whole", all of it; "cell", the cell, found and brought
            to one size and one white (`hemoscope.cells.Frame`).
        normalisation: None stands for what timm's own weights were trained with (and plain
            [0, 1] for CustomCNN). With weights from a file it has to be written out.
        tasks: What the model answers beside the class. Training writes it, from the recipe's
            `tasks` and the answers that the cells have.
    """

    backbone: str
    pooling: Literal["timm", "tensorflow"] = "timm"
    stages: tuple[int, ...] = (-1,)
    width: PositiveInt | None = None
    positions: bool = False
    encoder: EncoderConfig = EncoderConfig()
    fusion: tuple[FusionPart, ...] = ("vit",)
    fusion_norm: bool = False
    head_hidden: PositiveInt | None = None
    head_dropout: float = Field(default=0.5, ge=0, lt=1)
    image_size: int = Field(default=224, ge=32)
    framing: Framing = "whole"
    normalisation: Normalisation | None = None
    tasks: dict[str, HeadConfig] = {}

    @property
    def frame(self) -> Frame:
        """How an image becomes what the model sees."""
        return Frame(self.image_size, self.framing)

    @property
    def architecture(self) -> str:
        """The backbone's name without timm's tag for a set of weights."""
        return self.backbone.partition(".")[0]

    @property
    def uses_tokens(self) -> bool:
        """Whether anything downstream reads the tokens."""
        return self.fusion != ("cnn",)

    @model_validator(mode="after")
    def _check_stages(self) -> Self:
        if list(self.stages) != sorted(set(self.stages)) or not self.stages:
            raise ValueError("stages must rise without repeats, such as [-2, -1]")
        if self.stages[-1] != -1:
            raise ValueError("stages must end with -1, the last map of the backbone")
        if len(self.stages) > 1 and self.width is None:
            raise ValueError("tokens from several stages need one width: set width, such as 256")
        return self

    @model_validator(mode="after")
    def _check_fusion(self) -> Self:
        if not self.fusion or len(set(self.fusion)) != len(self.fusion):
            raise ValueError("fusion needs at least one of cnn, vit, attention, each at most once")
        idle = self.stages == (-1,) and self.width is None and not self.positions
        if not self.uses_tokens and not (idle and self.encoder.blocks == 0):
            raise ValueError(
                "fusion [cnn] reads no tokens: set encoder.blocks 0, positions false, "
                "width null and stages [-1] with it"
            )
        return self

    @model_validator(mode="after")
    def _check_pooling(self) -> Self:
        if self.pooling == "tensorflow" and self.architecture != "inception_v3":
            raise ValueError("pooling tensorflow exists for the backbone inception_v3 only")
        return self


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
