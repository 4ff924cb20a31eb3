import numpy as np
import torch

from hemoscope.explanation.baseline import blurred
from hemoscope.explanation.methods.integrated_gradients import IntegratedGradients
from hemoscope.explanation.scoring import target_arguments, target_score
from hemoscope.explanation.target import Target


def test_a_map_sums_to_what_the_image_adds_over_the_blurred_one(model, images):
    """The axiom of completeness, for a class and for a contrast."""
    for target in (Target(np.array([0, 2])), Target(np.array([0, 2]), np.array([1, 0]))):
        maps = IntegratedGradients(steps=64).explain(model, images, target)
        score, arguments = target_score(model), target_arguments(target)
        with torch.no_grad():
            added = score(images, *arguments) - score(blurred(images), *arguments)
        np.testing.assert_allclose(maps.sum(axis=(1, 2)), added, atol=0.02 * added.abs().max())


class Linear(torch.nn.Module):
    """logits = weights · image."""

    def __init__(self) -> None:
        super().__init__()
        self.weights = torch.nn.Parameter(torch.randn(3, 3, 16, 16))

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        return torch.einsum("kchw,nchw->nk", self.weights, images)


def test_of_a_linear_model_the_closed_form():
    torch.manual_seed(0)
    model, images = Linear(), torch.rand(2, 3, 16, 16)
    maps = IntegratedGradients(steps=3).explain(model, images, Target(np.array([1, 2])))  # pyright: ignore
    weights = model.weights[[1, 2]]
    expected = (weights * (images - blurred(images))).sum(dim=1).detach()
    np.testing.assert_allclose(maps, expected, rtol=1e-3, atol=1e-5)
