"""Table 2 of the paper, all twelve figures, added up from the modules of the built models."""

from functools import cache

import pytest
import torch

from hemoscope.models.build import build_model
from hemoscope.models.config import ModelConfig
from hemoscope.models.counts import KerasCount, count_as_keras, count_parameters, count_tokens
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.models.zoo import ZOO

# name: total, trainable, not trainable, tokens
TABLE_2 = {
    "resnet50-table2": (359_287_688, 355_152_904, 4_134_784, 49),
    "efficientnet_b3-table2": (199_643_959, 195_772_794, 3_871_165, 49),
    "inception_v3-table2": (357_502_760, 350_504_264, 6_998_496, 25),
    "customcnn-table2": (5_684_168, 5_684_168, 0, 196),
}
# What Keras 3.15 counts in the backbone (from its summary), and timm in the same one.
BACKBONES = {
    "resnet50-table2": (23_587_712, 23_508_032),
    "efficientnet_b3-table2": (10_783_535, 10_696_232),
    "inception_v3-table2": (21_802_784, 21_785_568),
}


@cache
def _model(name: str) -> HybridClassifier:
    """On the meta device, without memory: a name of the zoo, or of a backbone."""
    with torch.device("meta"):
        return build_model(ZOO.get(name) or ModelConfig(backbone=name), 8, "none")


@pytest.mark.parametrize("name", TABLE_2)
def test_table_2_to_the_parameter(name: str) -> None:
    model = _model(name)
    count = count_as_keras(model)
    assert count is not None
    found = (count.total, count.trainable, count.frozen, count_tokens(model))
    assert found == TABLE_2[name]


@pytest.mark.parametrize("name", BACKBONES)
def test_backbone_alone(name: str) -> None:
    model = _model(name)
    keras, ours = BACKBONES[name]
    after = count_parameters(model) - count_parameters(model.backbone)
    count = count_as_keras(model)
    assert count is not None
    assert count_parameters(model.backbone) == ours
    assert count.total - after == keras


@pytest.mark.parametrize(("width", "two_blocks"), [(2048, 335_683_584), (256, 5_260_288)])
def test_two_blocks_of_table_2(width: int, two_blocks: int) -> None:
    name = "resnet50-table2" if width == 2048 else "customcnn-table2"
    assert count_parameters(_model(name).encoder) == two_blocks


def test_a_backbone_that_the_paper_has_not_gets_no_keras_count() -> None:
    assert count_as_keras(_model("resnet18")) is None


def test_the_text_variant_is_a_far_smaller_model() -> None:
    text, table = (_model(f"inception_v3-{variant}") for variant in ("text", "table2"))
    assert count_parameters(table) > 15 * count_parameters(text)


def test_trainable_is_the_rest() -> None:
    assert KerasCount(total=10, frozen=3).trainable == 7
