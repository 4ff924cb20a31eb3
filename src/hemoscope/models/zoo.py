"""The named models, written out. Loads no torch, so that listing them is quick.

Four backbones times four variants. `table2` is the model that the parameter counts of the
paper's Table 2 describe, `text` the one its sections 2.2 and 2.3.1 describe; they are not the
same model. `hierarchical` reads tokens from several sizes of map. `backbone` has no tokens at
all and is the control that a hybrid has to beat.
"""

from collections.abc import Mapping
from difflib import get_close_matches
from types import MappingProxyType

from hemoscope.errors import UsageError
from hemoscope.models.config import CUSTOM_CNN, EncoderConfig, ModelConfig

_RESNET50 = "resnet50.a1_in1k"
_EFFICIENTNET_B3 = "efficientnet_b3.ra2_in1k"
_INCEPTION_V3 = "inception_v3.tf_in1k"


def _table2(  # the inner width of one head is the token's whole width: 8 heads, 8 times as wide
    backbone: str, channels: int, *, head_hidden: int | None = None
) -> ModelConfig:
    return ModelConfig(
        backbone=backbone,
        encoder=EncoderConfig(key_width=channels, feed_forward=4 * channels),
        head_hidden=head_hidden,
    )


def _text(backbone: str, *, stages: tuple[int, ...] = (-1,)) -> ModelConfig:
    return ModelConfig(
        backbone=backbone,
        stages=stages,
        width=256,
        positions=True,
        fusion=("cnn", "vit", "attention"),
        fusion_norm=True,
    )


def _control(backbone: str) -> ModelConfig:
    return ModelConfig(backbone=backbone, encoder=EncoderConfig(blocks=0), fusion=("cnn",))


def _as_keras(config: ModelConfig) -> ModelConfig:
    return config.model_copy(update={"pooling": "tensorflow"})


ZOO: Mapping[str, ModelConfig] = MappingProxyType(
    {
        "customcnn-table2": _table2(CUSTOM_CNN, 256, head_hidden=128),
        "customcnn-text": _text(CUSTOM_CNN),
        "customcnn-hierarchical": _text(CUSTOM_CNN, stages=(-2, -1)),
        "customcnn-backbone": _control(CUSTOM_CNN),
        "resnet50-table2": _table2(_RESNET50, 2048),
        "resnet50-text": _text(_RESNET50),
        "resnet50-hierarchical": _text(_RESNET50, stages=(-3, -2, -1)),
        "resnet50-backbone": _control(_RESNET50),
        "efficientnet_b3-table2": _table2(_EFFICIENTNET_B3, 1536),
        "efficientnet_b3-text": _text(_EFFICIENTNET_B3),
        "efficientnet_b3-hierarchical": _text(_EFFICIENTNET_B3, stages=(-3, -2, -1)),
        "efficientnet_b3-backbone": _control(_EFFICIENTNET_B3),
        "inception_v3-table2": _as_keras(_table2(_INCEPTION_V3, 2048)),
        "inception_v3-text": _as_keras(_text(_INCEPTION_V3)),
        "inception_v3-hierarchical": _as_keras(_text(_INCEPTION_V3, stages=(-3, -2, -1))),
        "inception_v3-backbone": _as_keras(_control(_INCEPTION_V3)),
    }
)


def zoo_config(name: str) -> ModelConfig:
    """The configuration of a named model.

    Raises:
        UsageError: If there is no such model; the message names the nearest ones.
    """
    if name in ZOO:
        return ZOO[name]
    near = get_close_matches(name, ZOO, n=3, cutoff=0.4)
    hint = f"Did you mean {' or '.join(near)}? " if near else ""
    raise UsageError(
        f"There is no model called {name!r}. {hint}`hemoscope models` lists all {len(ZOO)}."
    )
