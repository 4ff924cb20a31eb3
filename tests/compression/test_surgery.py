"""The cut model is the masked one, only smaller; over every hybrid of the zoo."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from hemoscope.compression.chance import by_chance
from hemoscope.compression.choice import KINDS, choose
from hemoscope.compression.errors import PruningError
from hemoscope.compression.kept import KeptBlock, all_kept
from hemoscope.compression.scores.score import scores
from hemoscope.compression.surgery import cut_model
from hemoscope.models.config import BlockShape
from hemoscope.models.counts import count_parameters
from hemoscope.models.store import load_model, save_model
from hemoscope.models.zoo import ZOO

from .conftest import CLASSES, SMALL, tiny
from .masking import masked

# Two blocks become one cut in every way, and another that is not cut at all.
UNEVEN = (
    KeptBlock(
        0,
        np.array([1, 3]),
        np.array([np.arange(0, 16, 2), np.arange(8)]),
        np.array([np.arange(1, 16, 2), np.arange(8, 16)]),
        np.arange(3, 30),
    ),
    all_kept([BlockShape(heads=4, key_width=16, feed_forward=40)] * 2)[1],
)


def _hybrids() -> Iterator[object]:
    for name, config in ZOO.items():
        if config.encoder.blocks:
            quick = name.startswith("customcnn-")
            yield pytest.param(name, marks=[] if quick else [pytest.mark.slow])


def _parameters_of(width: int, shape: BlockShape) -> int:
    """Counted by hand: four projections, two matrices, their biases, two normalisations."""
    inner = shape.heads * shape.key_width
    attention = 3 * (width * inner + inner) + inner * width + width
    return attention + 2 * width * shape.feed_forward + shape.feed_forward + width + 4 * width


@pytest.mark.parametrize("name", tuple(_hybrids()))
def test_every_hybrid_is_cut_saved_and_loaded(name: str, tmp_path: Path) -> None:
    # InceptionV3's last map of 96 pixels is a single position.
    size = 64 if name.startswith("customcnn") else 128
    model = tiny(name, size)
    images = torch.rand(2, 3, size, size, generator=torch.Generator().manual_seed(2))
    small = cut_model(model, UNEVEN)
    shapes = small.config.encoder.block_shapes
    assert [s.heads for s in shapes] == [2, 4]
    assert [s.key_width for s in shapes] == [8, 16]
    width = model.tokens.width
    assert count_parameters(small.encoder) == sum(_parameters_of(width, s) for s in shapes)
    rest = count_parameters(model) - count_parameters(model.encoder)
    assert count_parameters(small) == rest + count_parameters(small.encoder)
    save_model(small, CLASSES, tmp_path / "small.safetensors")
    stored = load_model(tmp_path / "small.safetensors").model
    assert stored.config == small.config
    with torch.no_grad():
        assert torch.equal(stored(images), small(images))
    # In double: the features of an untrained backbone are so large that single would round.
    model.double(), small.double()
    with torch.no_grad(), masked(model, UNEVEN):
        expected = model(images.double())
    with torch.no_grad():
        torch.testing.assert_close(small(images.double()), expected, rtol=1e-5, atol=1e-5)


@settings(max_examples=15, deadline=None)
@given(seed=st.integers(0, 10_000), kind=st.sampled_from(KINDS), share=st.floats(0.05, 0.9))
def test_whatever_is_chosen_the_cut_model_is_the_masked_one(seed, kind, share) -> None:
    model, images = tiny(), torch.rand(2, 3, 64, 64)
    shapes = model.config.encoder.block_shapes
    kept = choose(kind, shapes, by_chance(model, (seed,)), share)
    with torch.no_grad(), masked(model, kept):
        expected = model(images)
    small = cut_model(model, kept)
    assert count_parameters(small) < count_parameters(model)
    with torch.no_grad():
        torch.testing.assert_close(small(images), expected, rtol=1e-5, atol=1e-5)


def test_the_original_stays_as_it_was_and_keeping_all_changes_nothing(model, images) -> None:
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    same = cut_model(model, all_kept(model.config.encoder.block_shapes))
    cut_model(model, UNEVEN)
    assert all(torch.equal(before[name], tensor) for name, tensor in model.state_dict().items())
    assert same.config == model.config
    with torch.no_grad():
        assert torch.equal(same(images), model(images))


def test_cuts_follow_one_another(model, images) -> None:
    once = cut_model(model, UNEVEN)
    kept = all_kept(once.config.encoder.block_shapes)[:1]
    twice = cut_model(once, kept)
    assert twice.config.encoder.shapes is None
    assert (twice.config.encoder.heads, twice.config.encoder.feed_forward) == (2, 27)
    with torch.no_grad(), masked(once, kept):
        torch.testing.assert_close(twice(images), once(images), rtol=1e-5, atol=1e-5)


def test_all_blocks_may_go(model, images) -> None:
    bare = cut_model(model, ())
    assert bare.config.encoder.blocks == 0
    assert count_parameters(bare.encoder) == 0
    with torch.no_grad(), masked(model, ()):
        torch.testing.assert_close(bare(images), model(images), rtol=1e-5, atol=1e-5)


def test_tied_blocks_are_neither_cut_nor_scored(images, labels) -> None:
    model = tiny(encoder=SMALL | {"blocks": 2, "tied": True})
    with pytest.raises(PruningError, match="share their weights across depth"):
        cut_model(model, UNEVEN)
    with pytest.raises(PruningError, match="share their weights across depth"):
        scores(model, images, labels)
