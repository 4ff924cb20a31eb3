import pytest
import timm
import torch
from torch.nn import functional

from hemoscope.errors import HemoscopeError
from hemoscope.models.backbones.timm_body import _discount_padding, create_body


def test_parameter_names_are_timms_own() -> None:
    with torch.device("meta"):
        body = create_body("inception_v3", "tensorflow")
        plain = timm.create_model("inception_v3", num_classes=0)
    assert body.state_dict().keys() == plain.state_dict().keys()


def test_tensorflow_pooling_leaves_the_border_out(monkeypatch: pytest.MonkeyPatch) -> None:
    """Against torch's own `count_include_pad=False`, put in the place of timm's pool."""
    torch.manual_seed(0)
    body = create_body("inception_v3", "tensorflow").double().eval()
    plain = create_body("inception_v3", "timm").double().eval()
    plain.load_state_dict(body.state_dict())
    images = torch.rand(1, 3, 96, 96, dtype=torch.float64)
    as_timm = plain(images)
    pool = functional.avg_pool2d
    monkeypatch.setattr(
        functional,
        "avg_pool2d",
        lambda x, **given: pool(x, **given, count_include_pad=False),
    )
    expected = plain(images)
    monkeypatch.undo()
    torch.testing.assert_close(body(images), expected, rtol=1e-9, atol=0)
    assert not torch.allclose(as_timm, expected, rtol=1e-3, atol=0)


def test_a_map_of_ones_stays_ones_in_bfloat16() -> None:
    ones = torch.ones(1, 1, 4, 5, dtype=torch.bfloat16)
    pooled = functional.avg_pool2d(ones.float(), 3, 1, 1).bfloat16()
    corrected = _discount_padding(torch.nn.Identity(), (pooled,))
    torch.testing.assert_close(corrected, ones, rtol=0.01, atol=0)


@pytest.mark.parametrize(
    ("name", "message"),
    [
        ("resnet5O", "no model called 'resnet5O'. Did you mean resnet50"),
        ("qqqqqqq", "no model called 'qqqqqqq'.$"),
        ("resnet50.nope", r"no weights called 'resnet50.nope'. It has: .*resnet50.a1_in1k"),
    ],
)
def test_unknown_names(name: str, message: str) -> None:
    with pytest.raises(HemoscopeError, match=message):
        create_body(name, "timm")


def test_a_model_that_cannot_be_built_without_its_classifier_is_named() -> None:
    with pytest.raises(HemoscopeError, match="timm cannot build coat_tiny without its classifier"):
        create_body("coat_tiny", "timm")
