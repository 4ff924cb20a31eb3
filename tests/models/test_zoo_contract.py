"""One contract for every named model.

The quick half holds CustomCNN and the `text` variants; `make test-all` runs it over the whole
zoo. The module-wide fixture never holds two models: `*-table2` have 200 to 360 million
parameters.
"""

from collections.abc import Iterator
from pathlib import Path

import pytest
import torch
from torch import nn

from hemoscope.models.build import build_model
from hemoscope.models.counts import count_tokens
from hemoscope.models.freezing import freeze
from hemoscope.models.hybrid import HybridClassifier, WithAttention
from hemoscope.models.store import load_model, save_model
from hemoscope.models.zoo import ZOO

CLASSES = 8
NAMES = tuple("abcdefgh")


def _parameters() -> Iterator[object]:
    for name in ZOO:
        quick = name.startswith("customcnn-") or name.endswith("-text")
        yield pytest.param(name, marks=[] if quick else [pytest.mark.slow])


@pytest.fixture(scope="module", params=_parameters())
def model(request: pytest.FixtureRequest) -> Iterator[HybridClassifier]:
    torch.manual_seed(0)
    built = build_model(ZOO[request.param], CLASSES, "none")
    yield built
    del built


@pytest.fixture(autouse=True)
def _clean(model: HybridClassifier) -> Iterator[None]:
    model.eval()
    yield
    model.zero_grad(set_to_none=True)
    freeze(model, "none")


def _images(count: int = 2, size: int = 96) -> torch.Tensor:
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(1))


@pytest.mark.parametrize("size", [96, 224])
def test_shapes(model: HybridClassifier, size: int) -> None:
    images = _images(size=size)
    with torch.no_grad():
        features = model.features(images)
        logits = model(images)
    assert features.shape == (2, model.fusion.width)
    assert logits.shape == (2, CLASSES)
    torch.testing.assert_close(logits, model.head(features), rtol=1e-4, atol=1e-5)


def test_attention_comes_out_with_the_same_logits(model: HybridClassifier) -> None:
    images = _images(size=224)
    with torch.no_grad():
        seen = model(images, return_attention=True)
        logits = model(images)
        features = model.features(images)
    assert isinstance(seen, WithAttention)
    torch.testing.assert_close(seen.logits, logits, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(seen.features, features, rtol=1e-4, atol=1e-5)
    tokens, encoder = count_tokens(model), model.config.encoder
    assert len(seen.blocks) == encoder.blocks
    for block in seen.blocks:
        assert block.shape == (2, encoder.heads, tokens, tokens)
        torch.testing.assert_close(block.sum(-1), torch.ones(2, encoder.heads, tokens))
    if tokens:
        assert sum(height * width for height, width in seen.grids) == tokens
    assert (seen.pooling is not None) == ("attention" in model.config.fusion)


def test_eval_is_deterministic_and_each_image_stands_alone(model: HybridClassifier) -> None:
    images = _images()
    with torch.no_grad():
        together = model(images)
        assert torch.equal(model(images), together)
        alone = torch.cat([model(image.unsqueeze(0)) for image in images])
    torch.testing.assert_close(alone, together, rtol=1e-3, atol=1e-4)


def test_gradients_reach_exactly_the_trainable_parameters(model: HybridClassifier) -> None:
    freeze(model, "paper")
    model.train()
    nn.functional.cross_entropy(model(_images()), torch.tensor([0, 5])).backward()
    for name, parameter in model.named_parameters():
        assert (parameter.grad is not None) == parameter.requires_grad, name
        if parameter.grad is not None:
            assert parameter.grad.isfinite().all(), name
    still = [name for name, parameter in model.named_parameters() if not parameter.requires_grad]
    assert bool(still) == (model.config.architecture != "customcnn")


def test_a_batch_of_one_trains(model: HybridClassifier) -> None:
    model.train()
    loss = nn.functional.cross_entropy(model(_images(count=1, size=224)), torch.tensor([3]))
    assert loss.isfinite()


def test_bfloat16_and_channels_last_stay_close(model: HybridClassifier) -> None:
    images = _images()
    with torch.no_grad():
        plain = model(images)
        with torch.autocast("cpu", torch.bfloat16):
            fast = model(images.contiguous(memory_format=torch.channels_last))
    assert fast.dtype == torch.bfloat16
    assert (fast.float() - plain).norm() < 0.1 * plain.norm()


def test_save_and_load_give_the_same_logits(model: HybridClassifier, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_model(model, NAMES, path)
    stored = load_model(path)
    path.unlink()
    assert stored.classes == NAMES
    assert stored.model.config == model.config
    assert not stored.model.training
    with torch.no_grad():
        assert torch.equal(stored.model(_images()), model(_images()))
