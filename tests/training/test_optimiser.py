"""How a step follows from gradients: clipped by their norm, in one pass over all parameters."""

import numpy as np
import pandas as pd
import pytest
import torch

from hemoscope.models.build import build_model
from hemoscope.training.machine import Machine
from hemoscope.training.module import TrainingModule
from hemoscope.training.session import Session


@pytest.mark.parametrize("limit", [0.5, 1e6, None])
def test_gradients_are_scaled_to_the_norm_that_is_asked_for_and_never_up(tiny, limit) -> None:
    module = TrainingModule(build_model(tiny.model, 8, "none"), tiny)
    generator = torch.Generator().manual_seed(1)
    for parameter in module.parameters():
        parameter.grad = torch.randn(parameter.shape, generator=generator)
    before = _gradients(module)
    module.configure_gradient_clipping(torch.optim.SGD(module.parameters()), limit)
    longest = np.inf if limit is None else limit
    expected = before * min(1.0, longest / np.linalg.norm(before))
    np.testing.assert_allclose(_gradients(module), expected, rtol=1e-5)


@pytest.mark.slow
def test_mixed_precision_trains_with_and_without_clipping(cells, tiny, tmp_path) -> None:
    for limit in (1e-3, None):
        optimiser = tiny.optimiser.model_copy(update={"clip_norm": limit})
        recipe = tiny.model_copy(
            update={"precision": "bfloat16", "epochs": 1, "optimiser": optimiser}
        )
        run = tmp_path / str(limit)
        Session.started(str(cells), recipe, run).train(Machine(accelerator="cpu", devices="1"))
        assert np.isfinite(pd.read_csv(run / "history.csv")["train_loss"]).all()


def _gradients(module: TrainingModule) -> np.ndarray:
    flat = [each.grad.flatten() for each in module.parameters() if each.grad is not None]
    return torch.cat(flat).double().numpy()
