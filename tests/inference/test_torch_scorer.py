"""A run folder's model, asked for everything at once."""

from pathlib import Path

import numpy as np
import torch

from hemoscope.inference.torch_scorer import TorchScorer
from hemoscope.models.build import build_model
from hemoscope.models.config import ModelConfig, with_changes
from hemoscope.models.store import load_model, save_model
from hemoscope.models.zoo import zoo_config

CLASSES = ("basophil", "eosinophil", "platelet")


def _scorer(folder: Path, config: ModelConfig) -> TorchScorer:
    torch.manual_seed(0)
    save_model(build_model(config, len(CLASSES), "none"), CLASSES, folder / "model.safetensors")
    return TorchScorer(folder)


def _pixels(count: int, size: int) -> np.ndarray:
    return np.random.default_rng(0).integers(0, 256, (count, size, size, 3), dtype=np.uint8)


def test_one_pass_gives_what_three_separate_ones_give(tmp_path):
    config = with_changes(zoo_config("customcnn-text"), {"image_size": 64, "width": 16})
    scorer, pixels = _scorer(tmp_path, config), _pixels(4, 64)
    seen = scorer.observe(pixels)
    model = load_model(tmp_path / "model.safetensors").model
    images = torch.from_numpy(pixels).permute(0, 3, 1, 2) / 255
    with torch.no_grad():
        features = model.features(images)
        weights = model(images, return_attention=True).blocks[-1]
    np.testing.assert_allclose(seen.logits, scorer.score(pixels), atol=1e-5)
    np.testing.assert_allclose(seen.features, features, atol=1e-5)
    assert seen.attention is not None
    assert seen.attention.shape == (4, 4, 4)
    np.testing.assert_allclose(seen.attention.sum(axis=(1, 2)), 1, atol=1e-5)
    # Position (row 1, column 2) of the map is token 6: what every head and token pays to it.
    np.testing.assert_allclose(seen.attention[:, 1, 2], weights[..., 6].mean((1, 2)), atol=1e-5)


def test_of_several_maps_the_attention_on_the_last_is_drawn(tmp_path):
    config = with_changes(zoo_config("customcnn-hierarchical"), {"image_size": 64, "width": 16})
    seen = _scorer(tmp_path, config).observe(_pixels(2, 64))
    assert seen.attention is not None
    assert seen.attention.shape == (2, 4, 4)  # of 8 x 8 and 4 x 4
    assert (seen.attention.sum(axis=(1, 2)) < 0.9).all()


def test_a_model_without_encoder_has_no_attention(tmp_path):
    config = with_changes(zoo_config("customcnn-backbone"), {"image_size": 64})
    assert _scorer(tmp_path, config).observe(_pixels(2, 64)).attention is None
