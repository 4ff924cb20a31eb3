"""The recipe: everything that decides what a training run does, as checked, frozen data.

A recipe is written in YAML, every field has a default, and `hemoscope train --show-recipe`
prints all of them. What a run used, down to the last default, lies in its `recipe.yaml`.
"""

from dataclasses import replace
from typing import Annotated, Any, Literal, Self, TypeVar

from pydantic import BaseModel, ConfigDict, Field, field_validator, model_validator

from hemoscope.cells import Frame
from hemoscope.models.config import ModelConfig, with_changes
from hemoscope.models.joint_config import joint_config
from hemoscope.models.zoo import zoo_config
from hemoscope.training.augmentation.settings import Augmentation
from hemoscope.training.tasks_plan import TaskPlan, check_names

_MARGIN = 1.5
"""Around a cell that is cut out, training sees this many times the side of the model's frame."""

_DEFAULT_MODEL = "inception_v3-text"

_Value = TypeVar("_Value", int, float)

Share = Annotated[float, Field(ge=0, lt=1)]
Rate = Annotated[float, Field(gt=0, le=1)]
Epoch = Annotated[int, Field(ge=0)]


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid")


class Data(_Part):
    """Which cells are trained on, and which choose the model."""

    split_column: str = Field(default="split", description="column of SOURCE that holds the split")
    train: str = Field(default="train", description="value of that column for training cells")
    validation: str = Field(
        default="val", description="value for the cells that choose; never the test"
    )


class Loss(_Part):
    """What is minimised."""

    kind: Literal["cross_entropy", "focal"] = "cross_entropy"
    focal_gamma: float = Field(default=2.0, ge=0, description="focusing exponent, for kind: focal")
    label_smoothing: Share = 0.0
    class_weights: Literal["none", "balanced"] = Field(
        default="none", description="balanced: inverse to the class's share of the training cells"
    )
    mutual: float = Field(
        default=0.0,
        ge=0,
        description="weight of what branches of a joint model tell each other",
    )


class Distillation(_Part):
    """A trained model whose opinions are learned beside the labels (Hinton et al. 2015)."""

    teacher: str | None = Field(
        default=None, description="a finished run folder with the same classes; null: none"
    )
    weight: float = Field(
        default=0.5, ge=0, le=1, description="of the teacher's opinion; the labels have the rest"
    )
    temperature: float = Field(default=2.0, gt=0, description="softens both opinions")


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
    unfreezing: dict[Epoch, str] = Field(
        default={}, description="progressive: from which epoch (from 0) another plan holds"
    )

    @property
    def schedule(self) -> dict[int, str]:
        """The plan that holds from each epoch on."""
        return {0: self.plan, **self.unfreezing}


class Recipe(_Part):
    """One training run."""

    model: ModelConfig = Field(
        default_factory=lambda: zoo_config(_DEFAULT_MODEL),
        description="a name of the zoo, or {base: NAME, FIELD: VALUE, …}, where base may be left "
        "out, or of several backbones {joint: [BACKBONE, …], FIELD: VALUE, …}",
    )
    weights: str | dict[str, str] | None = Field(
        default=None,
        description="of the backbone: timm (pretrained, fetched by network), none, or a local "
        "safetensors file; null: timm, and none for customcnn, which has no pretrained weights; "
        "of a joint model also by branch, {BRANCH: FILE, …}",
    )
    start_from: str | None = Field(
        default=None,
        description="run folder whose backbone, encoder and fusion training starts from; heads are "
        "new, weights is not looked at (`hemoscope train --from RUN`)",
    )
    data: Data = Data()
    tasks: dict[str, TaskPlan] = Field(
        default={},
        description="what is learned beside the class: {NAME: {column: COLUMN, weight: 1.0}, …}",
    )
    augmentation: Augmentation = Augmentation()
    loss: Loss = Loss()
    distillation: Distillation = Distillation()
    optimiser: Optimiser = Optimiser()
    freezing: Freezing = Freezing()
    epochs: int = Field(default=30, ge=1)
    sizes: dict[Epoch, Annotated[int, Field(ge=32)]] = Field(
        default={},
        description="progressive: from which epoch (from 0) training images have another side, in "
        "pixels, such as {0: 112, 4: 160}; validation has the model's own from the first",
    )
    calming: dict[Epoch, Annotated[float, Field(ge=0, le=1)]] = Field(
        default={},
        description="progressive: from which epoch (from 0) augmentation has this share of its "
        "strength, such as {10: 0.3}; turns and flips stay",
    )
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

    @property
    def frame(self) -> Frame:
        """What is read of each image: the model's frame, with room to move it where it is cut."""
        frame = self.model.frame
        if frame.framing == "whole":
            return frame
        return replace(frame, size=round(frame.size * _MARGIN), margin=_MARGIN)

    def size_at(self, epoch: int) -> int:
        """Side in pixels of training images in an epoch (from 0)."""
        return _holding(self.sizes, epoch, self.model.image_size)

    def augmentation_at(self, epoch: int) -> Augmentation:
        """What is varied in an epoch (from 0), and how far."""
        return self.augmentation.calmed(_holding(self.calming, epoch, 1.0))

    @field_validator("tasks")
    @classmethod
    def _named_tasks(cls, tasks: dict[str, TaskPlan]) -> dict[str, TaskPlan]:
        return check_names(tasks)

    @field_validator("model", mode="before")
    @classmethod
    def _named_model(cls, value: Any) -> Any:
        """A name of the zoo, or one with changes; a full configuration passes through.

        Changes without a base are of the default model; what names a backbone is full.
        """
        if isinstance(value, str):
            return zoo_config(value)
        if isinstance(value, dict) and value.get("joint"):
            return joint_config(value)
        if isinstance(value, dict) and ("base" in value or "backbone" not in value):
            changes = {name: given for name, given in value.items() if name != "base"}
            return with_changes(zoo_config(str(value.get("base", _DEFAULT_MODEL))), changes)
        return value

    @model_validator(mode="after")
    def _check_mutual(self) -> Self:
        if self.loss.mutual and not self.model.joint:
            raise ValueError(
                "loss.mutual is between the branches of a joint model, and this one has a single "
                "backbone: write model: {joint: [BACKBONE, BACKBONE, …]}"
            )
        return self


def _holding(schedule: dict[int, _Value], epoch: int, otherwise: _Value) -> _Value:
    """What a schedule says of an epoch: the value of the last epoch in it that has begun."""
    begun = [since for since in schedule if since <= epoch]
    return schedule[max(begun)] if begun else otherwise
