import numpy as np
import pytest
import torch

from hemoscope.explanation.errors import UnsuitableMethodError
from hemoscope.explanation.grids import to_pixels
from hemoscope.explanation.methods.grad_cam import GradCam, stage_module
from hemoscope.explanation.target import Target

from ..conftest import SIZE, tiny


def test_the_last_map_against_gradients_taken_by_hand(model, images):
    target = Target(np.array([0, 2]), np.array([1, 1]))
    found = GradCam().explain(model, images, target)

    (last,) = model.backbone(model.normalise(images))
    last = last.detach().requires_grad_()
    tokens, _ = model.encoder(model.tokens((last,)))
    logits = model.head(model.fusion(last, tokens).vector)
    score = logits[0, 0] - logits[0, 1] + logits[1, 2] - logits[1, 1]
    (gradient,) = torch.autograd.grad(score, last)
    by_hand = (gradient.mean(dim=(2, 3), keepdim=True) * last).sum(dim=1)
    expected = to_pixels(by_hand.detach(), (SIZE, SIZE))
    assert np.abs(found).max() > 0
    np.testing.assert_allclose(found, expected, rtol=1e-4, atol=1e-7)


def test_a_model_that_pools_and_classifies_gives_the_class_activation_map(images):
    """Without encoder, Grad-CAM is CAM (Zhou et al., 2016) divided by the number of positions."""
    model = tiny("customcnn-backbone")
    found = GradCam().explain(model, images, Target(np.array([1, 1])))
    (last,) = model.backbone(model.normalise(images))
    layers = [each for each in model.head if isinstance(each, torch.nn.Linear)]
    assert len(layers) == 1, "a linear head"
    cam = torch.einsum("c,nchw->nhw", layers[0].weight[1], last) / last[0, 0].numel()
    np.testing.assert_allclose(found, to_pixels(cam.detach(), (SIZE, SIZE)), rtol=1e-4, atol=1e-7)


def test_a_contrast_is_the_difference_of_two_maps(model, images):
    wanted, against = np.array([0, 1]), np.array([2, 2])
    for method in (GradCam(), GradCam("early", stage=-2)):
        contrast = method.explain(model, images, Target(wanted, against))
        alone = method.explain(model, images, Target(wanted))
        other = method.explain(model, images, Target(against))
        np.testing.assert_allclose(contrast, alone - other, rtol=1e-3, atol=1e-6)


def test_the_last_of_several_maps_is_drawn(images):
    model = tiny("customcnn-hierarchical")
    assert GradCam().explain(model, images, Target(np.array([0, 1]))).shape == (2, SIZE, SIZE)


def test_a_stage_that_is_not_there_is_refused(model):
    with pytest.raises(UnsuitableMethodError, match="backbone customcnn has no stage -9"):
        stage_module(model, -9)
