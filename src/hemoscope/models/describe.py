"""The zoo as a table: what `hemoscope models` prints."""

from dataclasses import dataclass

import torch

from hemoscope.models.backbones.weights import NONE
from hemoscope.models.build import build_model
from hemoscope.models.config import ModelConfig
from hemoscope.models.counts import count_as_keras, count_parameters, count_tokens
from hemoscope.models.zoo import ZOO

_PAPER_CLASSES = 8


@dataclass(frozen=True)
class ModelRow:
    """One model's sizes. The Keras figures are None for a backbone that the paper has not.

    Attributes:
        name: In the zoo.
        tokens: How many the encoder reads, at the model's own image size; 0 without tokens.
        parameters: As torch counts them for the timm backbone and everything after it.
        keras_total: As Keras counts them, moving statistics included.
        keras_trainable: With the paper's frozen layers, what gradients change.
        keras_frozen: The rest: frozen layers, and all moving statistics.
    """

    name: str
    tokens: int
    parameters: int
    keras_total: int | None
    keras_trainable: int | None
    keras_frozen: int | None


def describe_model(name: str, config: ModelConfig, classes: int = _PAPER_CLASSES) -> ModelRow:
    """Count one model. It is built on the meta device: 360 million parameters take no memory.

    Raises:
        HemoscopeError: If the backbone does not exist.
    """
    with torch.device("meta"):
        model = build_model(config, classes, NONE)
    keras = count_as_keras(model)
    return ModelRow(
        name=name,
        tokens=count_tokens(model),
        parameters=count_parameters(model),
        keras_total=None if keras is None else keras.total,
        keras_trainable=None if keras is None else keras.trainable,
        keras_frozen=None if keras is None else keras.frozen,
    )


def describe_zoo() -> tuple[ModelRow, ...]:
    """Every named model, with the paper's eight classes."""
    return tuple(describe_model(name, config) for name, config in ZOO.items())
