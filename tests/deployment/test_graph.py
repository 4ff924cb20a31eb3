"""What the ONNX file computes before the backbone."""

import numpy as np
import pytest
import torch

from hemoscope.deployment.graph import _NormaliseRows, _without_normalisation
from hemoscope.models.build import build_model
from hemoscope.models.config import Normalisation
from hemoscope.models.hybrid import Normalise
from tests.deployment.conftest import tiny

IMAGENET = Normalisation(mean=(0.485, 0.456, 0.406), std=(0.229, 0.224, 0.225))


@pytest.mark.parametrize("size", [1, 7, 32])
def test_normalising_by_rows_is_normalising_by_channels_to_the_bit(size):
    rng = np.random.default_rng(size)
    pixels = torch.from_numpy(rng.integers(0, 256, (3, size, size, 3), dtype=np.uint8))
    channels = Normalise(IMAGENET)
    expected = channels(pixels.permute(0, 3, 1, 2).float() / 255)
    assert torch.equal(_NormaliseRows(channels, size)(pixels), expected)


def test_the_model_itself_keeps_its_normalisation():
    model = build_model(tiny("customcnn-text"), 3, "none").eval()
    bare = _without_normalisation(model)
    images = torch.rand(2, 3, 32, 32)
    with torch.inference_mode():
        assert isinstance(model.normalise, Normalise)
        torch.testing.assert_close(bare(model.normalise(images)), model(images))
