"""The recipe: everything that decides what a training run does, as checked, frozen data.

A recipe is written in YAML, every field has a default, and `hemoscope train --show-recipe`
prints all of them. What a run used, down to the last default, lies in its `recipe.yaml`.
"""

from typing import Annotated, Any, Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from hemoscope.models.config import ModelConfig, with_changes
from hemoscope.models.zoo import zoo_config

Share = Annotated[float, Field(ge=0, lt=1)]
Rate = Annotated[float, Field(gt=0, le=1)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Data(_Part):
    """Which cells are trained on, and which choose the model."""

    split_column: str = Field(default="split", description="column of SOURCE that holds the split")
    train: str = Field(default="train", description="value of that column for training cells")
    validation: str = Field(
        default="val", description="value for the cells that choose; never the test"
    )


class Augmentation(_Part):
    """How training cells are varied; drawn anew for every cell and epoch."""

    flips: bool = Field(default=True, description="mirror on both axes, each with probability 1/2")
    rotation: float = Field(
        default=0.4, ge=0, le=3.1416, description="turn by up to this angle, radians"
    )
    quarter_turns: bool = Field(default=False, description="also turn by 0, 90, 180 or 270 degrees")
    brightness: Share = Field(default=0.2, description="add up to this share of the full range")


class Loss(_Part):
    """What is minimised."""

    kind: Literal["cross_entropy", "focal"] = "cross_entropy"
    focal_gamma: float = Field(default=2.0, ge=0, description="focusing exponent, for kind: focal")
    label_smoothing: Share = 0.0
    class_weights: Literal["none", "balanced"] = Field(
        default="none", description="balanced: inverse to the class's share of the training cells"
    )


class Optimiser(_Part):
    """AdamW, with a learning rate for each part of the model."""

    backbone: Rate = Field(default=1e-4, description="learning rate of the backbone")
    encoder: Rate = Field(default=3e-4, description="learning rate of the token encoder")
    head: Rate = Field(default=3e-4, description="learning rate of fusion and head")
    weight_decay: float = Field(default=0.01, ge=0)
    warmup: Share = Field(
        default=0.05, description="share of all steps in which the rate rises from 0"
    )
    schedule: Literal["cosine", "constant"] = "cosine"
    clip_norm: float | None = Field(
        default=1.0, gt=0, description="largest gradient norm; null: none"
    )


class Freezing(_Part):
    """Which part of the backbone stays as it came."""

    plan: str = Field(
        default="none",
        description="none; paper: the first 100 / 300 / 200 Keras layers of Table 2; backbone: all "
        "of it; or a module of the backbone up to which everything is frozen",
    )
    unfreezing: dict[int, str] = Field(
        default={}, description="progressive: from which epoch (from 0) another plan holds"
    )

    @property
    def schedule(self) -> dict[int, str]:
        """The plan that holds from each epoch on."""
        return {0: self.plan, **self.unfreezing}


class Recipe(_Part):
    """One training run."""

    model: ModelConfig = Field(
        default_factory=lambda: zoo_config("inception_v3-text"),
        description="a name of the zoo, or {base: NAME, FIELD: VALUE, …}",
    )
    weights: str | None = Field(
        default=None,
        description="of the backbone: timm (pretrained, fetched by network), none, or a local "
        "safetensors file; null: timm, and none for customcnn, which has no pretrained weights",
    )
    data: Data = Data()
    augmentation: Augmentation = Augmentation()
    loss: Loss = Loss()
    optimiser: Optimiser = Optimiser()
    freezing: Freezing = Freezing()
    epochs: int = Field(default=30, ge=1)
    batch_size: int = Field(default=32, ge=1)
    precision: Literal["auto", "float32", "bfloat16"] = Field(
        default="auto", description="auto: bfloat16 where the processor computes it natively"
    )
    ema_decay: Share | None = Field(
        default=0.998,
        description="moving average of the weights, which is validated and kept; null: none",
    )
    early_stopping: int | None = Field(
        default=None, ge=1, description="stop after so many epochs without a better validation loss"
    )
    keep: Literal["best", "last"] = Field(
        default="best",
        description="the epoch that is kept: best by validation accuracy, or the last",
    )
    seed: int = Field(default=42, ge=0)

    @field_validator("model", mode="before")
    @classmethod
    def _named_model(cls, value: Any) -> Any:
        """A name of the zoo, or one with changes; a full configuration passes through."""
        if isinstance(value, str):
            return zoo_config(value)
        if isinstance(value, dict) and "base" in value:
            changes = {name: given for name, given in value.items() if name != "base"}
            return with_changes(zoo_config(value["base"]), changes)
        return value
