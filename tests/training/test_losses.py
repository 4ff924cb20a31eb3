"""Losses, against torch's own and against scikit-learn's class weights."""

import numpy as np
import pytest
import torch
from sklearn.utils.class_weight import compute_class_weight
from torch.nn import functional as F  # noqa: N812

from hemoscope.training.losses import balanced_weights, classification_loss
from hemoscope.training.recipe import Loss


@pytest.fixture
def batch() -> tuple[torch.Tensor, torch.Tensor]:
    torch.manual_seed(0)
    return torch.randn(50, 4, dtype=torch.float32) * 2, torch.randint(4, (50,))


@pytest.mark.parametrize(("smoothing", "weighted"), [(0.0, False), (0.1, False), (0.0, True)])
def test_cross_entropy_is_torchs(batch, smoothing, weighted):
    logits, targets = batch
    weights = torch.tensor([0.5, 1.0, 2.0, 4.0]) if weighted else None
    expected = F.cross_entropy(logits, targets, weight=weights, label_smoothing=smoothing)
    loss = classification_loss(logits, targets, Loss(label_smoothing=smoothing), weights)
    torch.testing.assert_close(loss, expected)


def test_focal_loss_is_its_formula(batch):
    logits, targets = batch
    probabilities = np.exp(logits.double().numpy())
    probabilities /= probabilities.sum(axis=1, keepdims=True)
    right = probabilities[np.arange(50), targets.numpy()]
    expected = np.mean(-((1 - right) ** 2.0) * np.log(right))
    loss = classification_loss(logits, targets, Loss(kind="focal", focal_gamma=2.0), None)
    assert float(loss) == pytest.approx(expected, rel=1e-5)


@pytest.mark.parametrize("gamma", [0.0, 0.5, 1.0, 2.0])
@pytest.mark.parametrize("gap", [5.0, 17.0, 30.0, 200.0])
def test_a_cell_that_is_certain_has_a_gradient(gamma, gap):
    logits = torch.tensor([[gap, 0.0], [0.0, 1.0], [0.0, gap]], requires_grad=True)
    loss = classification_loss(
        logits, torch.tensor([0, 1, 0]), Loss(kind="focal", focal_gamma=gamma), None
    )
    loss.backward()
    assert logits.grad is not None
    assert logits.grad.isfinite().all()
    assert (logits.grad[2].abs() > 0.1).all()  # a cell that it is certain of wrongly teaches


def test_focal_loss_without_focus_is_cross_entropy(batch):
    logits, targets = batch
    focal = classification_loss(logits, targets, Loss(kind="focal", focal_gamma=0.0), None)
    torch.testing.assert_close(focal, F.cross_entropy(logits, targets))


def test_balanced_weights_are_scikit_learns():
    targets = np.repeat([0, 1, 2], [5, 20, 75])
    expected = compute_class_weight("balanced", classes=np.arange(3), y=targets)
    np.testing.assert_allclose(balanced_weights(targets, 3).numpy(), expected, rtol=1e-6)
