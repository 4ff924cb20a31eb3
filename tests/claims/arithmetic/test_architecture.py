import pytest
import torch
from torch import nn
from torchvision.models import resnet50

from hemoscope.claims.arithmetic import architecture


def parameters(module: nn.Module) -> int:
    return sum(p.numel() for p in module.parameters())


def test_dense_and_convolution_against_torch():
    assert architecture.dense(12, 5) == parameters(nn.Linear(12, 5))
    assert architecture.convolution(3, 6, 9) == parameters(nn.Conv2d(6, 9, 3))


def test_a_block_with_heads_as_wide_as_a_share_is_torchs():
    block = nn.TransformerEncoderLayer(64, 8, dim_feedforward=96)
    ours = architecture.transformer_block(64, heads=8, key=8, inner=96)
    assert ours == parameters(block)


def test_resnet50_is_torchvisions_in_keras_counting():
    with torch.device("meta"):
        model = resnet50()
    body = parameters(model) - parameters(model.fc)
    convolutions = [m for m in model.modules() if isinstance(m, nn.Conv2d)]
    norms = [m for m in model.modules() if isinstance(m, nn.BatchNorm2d)]
    biases = sum(m.out_channels for m in convolutions)
    moving = sum(2 * m.num_features for m in norms)
    layers = architecture.resnet50_layers()
    assert sum(layer.parameters for layer in layers) == body + biases + moving
    assert sum(layer.moving for layer in layers) == moving
    assert sum(layer.parameters > 0 for layer in layers) == len(convolutions) + len(norms)
    assert len(layers) == 175  # keras.applications.ResNet50(include_top=False)


def test_the_backbone_constant_is_the_sum_of_its_layers():
    total = sum(layer.parameters for layer in architecture.resnet50_layers())
    assert architecture.KERAS_BACKBONE_PARAMETERS["resnet50"] == total


def test_freezing_nothing_and_everything():
    layers = architecture.resnet50_layers()
    assert architecture.frozen_parameters(layers, 0) == sum(layer.moving for layer in layers)
    assert architecture.frozen_parameters(layers, len(layers)) == 23_587_712


def test_a_stack_is_the_sum_of_its_convolutions():
    assert architecture.convolution_stack((5, 3), (3, 32, 64)) == 2_432 + 18_496


@pytest.mark.parametrize(("edge", "expected"), [(299, 8), (224, 5)])
def test_the_last_map_of_inception(edge, expected):
    assert architecture.inception_v3_edge(edge) == expected
