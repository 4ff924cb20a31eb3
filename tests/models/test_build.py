import pytest
import torch

from hemoscope.errors import HemoscopeError
from hemoscope.models.backbones.backbone import Backbone
from hemoscope.models.build import build_model
from hemoscope.models.config import ModelConfig, with_changes
from hemoscope.models.zoo import ZOO

TEXT = with_changes(ZOO["customcnn-text"], {"image_size": 64})


@pytest.mark.parametrize("blocks", [0, 1, 2, 4])
@pytest.mark.parametrize("positions", [False, True])
@pytest.mark.parametrize("fusion", [["vit"], ["cnn", "vit"], ["attention"]])
def test_ablations_are_data(blocks: int, positions: bool, fusion: list[str]) -> None:
    changes = {"encoder": {"blocks": blocks}, "positions": positions, "fusion": fusion}
    model = build_model(with_changes(TEXT, changes), 3, "none")
    loss = model(torch.rand(2, 3, 64, 64)).sum()
    loss.backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_any_convolutional_timm_model_makes_tokens() -> None:
    config = ModelConfig(backbone="mobilenetv3_small_050", stages=(-3, -2, -1), width=32)
    model = build_model(config, 3, "none").eval()
    assert model(torch.rand(1, 3, 64, 64)).shape == (1, 3)


@pytest.mark.parametrize("stages", [(-2,), (-3, -2)])
@pytest.mark.parametrize("name", ["customcnn", "resnet18", "efficientnet_lite0", "densenet121"])
def test_a_backbone_can_end_at_an_earlier_map(name: str, stages: tuple[int, ...]) -> None:
    torch.manual_seed(0)
    whole = build_model(with_changes(TEXT, {"backbone": name, "stages": (*stages, -1)}), 3, "none")
    short = build_model(with_changes(TEXT, {"backbone": name, "stages": stages}), 3, "none")
    assert short.map_shapes == whole.map_shapes[:-1]
    state, kept = whole.backbone.state_dict(), short.backbone.state_dict()
    assert kept.keys() < state.keys()
    short.backbone.load_state_dict({key: state[key] for key in kept})
    images = torch.rand(2, 3, 64, 64)
    with torch.no_grad():
        found, expected = short.eval().backbone(images), whole.eval().backbone(images)
        torch.testing.assert_close(found, expected[:-1])
        assert short(images).shape == (2, 3)


def test_a_backbone_that_cannot_be_cut() -> None:
    class Body(torch.nn.Module):
        num_features = 8
        feature_info = ({"num_chs": 4}, {"num_chs": 8})

    with pytest.raises(HemoscopeError, match="Body cannot be cut behind one of its maps"):
        Backbone(Body(), [-2])


def test_the_model_normalises_by_itself() -> None:
    values = {"mean": (0.5, 0.4, 0.3), "std": (0.2, 0.1, 0.3)}
    plain = build_model(TEXT, 3, "none").eval()
    scaled = build_model(with_changes(TEXT, {"normalisation": values}), 3, "none").eval()
    scaled.load_state_dict(plain.state_dict())
    images = torch.rand(2, 3, 64, 64)
    mean, std = (torch.tensor(values[key]).view(3, 1, 1) for key in ("mean", "std"))
    torch.testing.assert_close(scaled(images), plain((images - mean) / std))


def test_the_same_seed_builds_the_same_model() -> None:
    def first_logits() -> torch.Tensor:
        torch.manual_seed(7)
        return build_model(TEXT, 3, "none").eval()(torch.ones(1, 3, 64, 64))

    assert torch.equal(first_logits(), first_logits())


def test_it_exports_without_control_flow_on_data() -> None:
    model = build_model(TEXT, 3, "none").eval()
    batch = torch.export.Dim("batch", min=1, max=64)
    program = torch.export.export(
        model, (torch.rand(2, 3, 64, 64),), dynamic_shapes={"images": {0: batch}}
    )
    images = torch.rand(5, 3, 64, 64)
    torch.testing.assert_close(program.module()(images), model(images))


def test_one_class_is_no_classifier() -> None:
    with pytest.raises(HemoscopeError, match="at least two classes, not 1"):
        build_model(TEXT, 1, "none")


def test_more_stages_than_the_backbone_has() -> None:
    config = with_changes(TEXT, {"stages": (-6, -1)})
    with pytest.raises(HemoscopeError, match=r"has 4\. Write stages between -4 and -1"):
        build_model(config, 3, "none")


def test_a_backbone_without_maps() -> None:
    with pytest.raises(HemoscopeError, match="gives no feature maps"):
        build_model(ModelConfig(backbone="vit_tiny_patch16_224"), 3, "none")
