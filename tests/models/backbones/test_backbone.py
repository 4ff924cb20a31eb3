import pytest
import torch

from hemoscope.models.backbones.backbone import Backbone, map_shapes
from hemoscope.models.backbones.custom_cnn import CustomCNN
from hemoscope.models.backbones.timm_body import create_body


@pytest.mark.parametrize("size", [64, 100])
def test_shapes_are_those_of_a_real_run(size: int) -> None:
    backbone = Backbone(create_body("resnet10t", "timm"), (-3, -2, -1)).eval()
    real = [tuple(each.shape[1:]) for each in backbone(torch.rand(1, 3, size, size))]
    found = [(each.channels, each.height, each.width) for each in map_shapes(backbone, size)]
    assert found == real


def test_looking_at_shapes_moves_nothing() -> None:
    backbone = Backbone(create_body("resnet10t", "timm"), (-1,)).train()
    before = {name: tensor.clone() for name, tensor in backbone.state_dict().items()}
    map_shapes(backbone, 64)
    assert backbone.training
    assert all(tensor.equal(before[name]) for name, tensor in backbone.state_dict().items())


def test_a_map_of_one_pixel_has_a_shape_while_training_too() -> None:
    backbone = Backbone(create_body("resnet10t", "timm"), (-1,)).train()
    (last,) = map_shapes(backbone, 32)
    assert (last.height, last.width) == (1, 1)


def test_the_last_map_is_the_same_however_many_are_asked_for() -> None:
    body = create_body("efficientnet_lite0", "timm").eval()
    images = torch.rand(1, 3, 64, 64)
    (alone,) = Backbone(body, (-1,))(images)
    *_, last = Backbone(body, (-2, -1))(images)
    assert torch.equal(alone, last)


def test_custom_cnn_halves_four_times() -> None:
    maps = Backbone(CustomCNN(), (-4, -3, -2, -1))(torch.rand(2, 3, 224, 224))
    assert [tuple(each.shape[1:]) for each in maps] == [
        (32, 112, 112),
        (64, 56, 56),
        (128, 28, 28),
        (256, 14, 14),
    ]


def test_custom_cnn_has_the_papers_parameters() -> None:
    assert sum(each.numel() for each in CustomCNN().parameters()) == 388_416 + 1_536
