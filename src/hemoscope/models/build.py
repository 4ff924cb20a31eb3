"""From a configuration to a model."""

from torch import nn

from hemoscope.errors import HemoscopeError
from hemoscope.models.backbones.custom_cnn import CustomCNN
from hemoscope.models.backbones.timm_body import create_body
from hemoscope.models.backbones.weights import (
    default_weights,
    load_weights,
    resolve_normalisation,
)
from hemoscope.models.config import CUSTOM_CNN, ModelConfig
from hemoscope.models.hybrid import HybridClassifier


def build_body(config: ModelConfig) -> nn.Module:
    """The backbone's network with random weights.

    Raises:
        HemoscopeError: If timm knows no such model.
    """
    if config.backbone == CUSTOM_CNN:
        return CustomCNN()
    return create_body(config.backbone, config.pooling)


def build_model(config: ModelConfig, classes: int, weights: str | None = None) -> HybridClassifier:
    """Build a model.

    Args:
        config: What to build.
        classes: Number of classes, at least two.
        weights: Of the backbone: "timm" (pretrained; needs a network the first time), "none"
            (random), or the path of a safetensors file in timm's parameter names. None stands
            for "timm", and for CustomCNN, which has no pretrained weights, for "none".

    Raises:
        HemoscopeError: If the backbone does not exist, or the weights cannot be had.
    """
    if config.joint:
        raise HemoscopeError("A joint model has several backbones: build it by build_classifier.")
    if classes < 2:
        raise HemoscopeError(f"A classifier needs at least two classes, not {classes}.")
    source = default_weights(config) if weights is None else weights
    body = build_body(config)
    normalisation = resolve_normalisation(config, source)
    load_weights(body, config, source)
    return HybridClassifier(config, classes, body, normalisation)
