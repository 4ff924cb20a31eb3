import pytest
import torch

from hemoscope.errors import UsageError
from hemoscope.explanation.methods.table import DEFAULT, METHODS, REFERENCES, method_called


def test_auto_is_the_default_and_every_method_is_found_by_its_name():
    assert method_called("auto").name == DEFAULT
    assert all(method_called(name).name == name for name in METHODS)
    assert all(method.name == name for name, method in REFERENCES.items())


def test_an_unknown_method_is_refused():
    with pytest.raises(UsageError, match=r"no method 'lime'\. Choose auto, gradcam, gradcam-early"):
        method_called("lime")


def test_noise_depends_on_the_image_alone(model, images):
    from hemoscope.explanation.target import Target

    noise = REFERENCES["random"]
    target = Target(torch.tensor([0, 0]).numpy())
    both, second = noise.explain(model, images, target), noise.explain(model, images[1:], target)
    assert (both[1] == second[0]).all()
    assert (both[0] != both[1]).any()
