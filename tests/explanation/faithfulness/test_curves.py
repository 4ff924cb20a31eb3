"""Curves on a planted signal: a model that looks at one known patch and at nothing else."""

import numpy as np
import pytest
import torch
from torch import nn

from hemoscope.explanation.faithfulness.curves import faithfulness_curves, pixel_order
from hemoscope.explanation.target import Target

PATCH = (slice(20, 36), slice(8, 24))


class Planted(nn.Module):
    """Sure of class 1 as far as the patch is sharply striped."""

    def forward(self, images: torch.Tensor) -> torch.Tensor:
        patch = images[(slice(None), slice(None), *PATCH)]
        contrast = (patch[..., 1:] - patch[..., :-1]).abs().mean(dim=(1, 2, 3))
        return torch.stack([torch.zeros_like(contrast), 12 * (contrast - 0.5)], dim=1)


@pytest.fixture(scope="module")
def striped() -> torch.Tensor:
    return (torch.arange(64) % 2).float().expand(3, 3, 64, 64).clone()


def _maps(kind: str) -> np.ndarray:
    maps = np.random.default_rng(0).random((3, 64, 64)).astype(np.float32)
    if kind == "true":
        maps[(slice(None), *PATCH)] += 1
    if kind == "wrong":
        maps[(slice(None), *PATCH)] -= 1
    return maps


def test_the_true_mask_beats_noise_and_noise_beats_the_inverse(striped):
    target = Target(np.ones(3, np.intp))
    found = {
        kind: faithfulness_curves(Planted(), striped, _maps(kind), target, steps=16)  # pyright: ignore
        for kind in ("true", "noise", "wrong")
    }
    deletion = {kind: curves.deletion_area.mean() for kind, curves in found.items()}
    insertion = {kind: curves.insertion_area.mean() for kind, curves in found.items()}
    assert deletion["true"] < deletion["noise"] - 0.05 < deletion["wrong"]
    assert insertion["true"] > insertion["noise"] + 0.05 > insertion["wrong"]
    # The patch is 1/16 of the picture: all is over after the first step.
    true = found["true"]
    np.testing.assert_allclose(true.deletion[:, 1], true.deletion[:, -1], atol=0.02)
    np.testing.assert_allclose(true.insertion[:, 1], true.insertion[:, -1], atol=0.02)


def test_ends_are_the_image_and_the_blurred_image(striped):
    curves = faithfulness_curves(
        Planted(), striped, _maps("noise"), Target(np.ones(3, np.intp)), steps=4  # pyright: ignore
    )  # fmt: skip
    sure = float(torch.sigmoid(torch.tensor(6.0)))
    np.testing.assert_allclose(curves.deletion[:, 0], sure, rtol=1e-6)
    np.testing.assert_allclose(curves.insertion[:, -1], sure, rtol=1e-6)
    np.testing.assert_array_equal(curves.deletion[:, -1], curves.insertion[:, 0])
    assert curves.shares.tolist() == [0, 0.25, 0.5, 0.75, 1]


def test_every_pixel_has_a_place_and_ties_favour_no_corner():
    maps = np.zeros((1, 20, 20), np.float32)
    maps[0, 3, 4] = 1
    order = pixel_order(maps)
    assert order[0, 3, 4] == 0
    assert sorted(order.ravel()) == list(range(400))
    first = np.argwhere(order[0] < 200)
    np.testing.assert_allclose(first.mean(axis=0), 9.5, atol=1.5)


def test_several_cells_are_scored_as_each_alone(model, images):
    """Cells travel in one batch; each has to keep its own question and its own map."""
    target = Target(np.array([0, 2]), np.array([1, 1]))
    maps = np.random.default_rng(1).random((2, 64, 64)).astype(np.float32)
    both = faithfulness_curves(model, images, maps, target, steps=5)
    for row in (0, 1):
        cell = slice(row, row + 1)
        alone = faithfulness_curves(model, images[cell], maps[cell], target.take([row]), steps=5)
        np.testing.assert_allclose(both.deletion[cell], alone.deletion, rtol=1e-4)
        np.testing.assert_allclose(both.insertion[cell], alone.insertion, rtol=1e-4)
