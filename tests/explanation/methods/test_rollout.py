import numpy as np
import pytest
import torch

from hemoscope.explanation.errors import UnsuitableMethodError
from hemoscope.explanation.methods.rollout import AttentionRollout, read_out, rollout
from hemoscope.explanation.target import Target

from ..conftest import tiny


def test_rows_sum_to_one_and_nothing_is_negative(model, images):
    with torch.no_grad():
        seen = model(images, return_attention=True)
    mixed = rollout(seen.blocks)
    assert mixed.shape == (2, 16, 16)
    assert (mixed >= 0).all()
    torch.testing.assert_close(mixed.sum(dim=-1), torch.ones(2, 16))
    read = read_out(seen, model.config.fusion)
    torch.testing.assert_close(read.sum(dim=-1), torch.ones(2))


@pytest.mark.parametrize(
    ("fusion", "share"),
    [
        (("cnn", "vit"), 0),
        (("attention",), 1),
        (("cnn", "attention"), 1),
        (("vit", "attention"), 0.5),
    ],
)
def test_tokens_are_read_as_the_fusion_reads_them(fusion, share, images):
    model = tiny("customcnn-text", fusion=fusion)
    with torch.no_grad():
        seen = model(images, return_attention=True)
    uniform = torch.full((2, 16), 1 / 16)
    pooling = uniform if seen.pooling is None else seen.pooling
    assert (seen.pooling is None) is (share == 0)
    expected = share * pooling + (1 - share) * uniform
    torch.testing.assert_close(read_out(seen, model.config.fusion), expected)


def test_against_the_definition_written_out():
    generator = torch.Generator().manual_seed(0)
    blocks = [torch.rand(1, 3, 4, 4, generator=generator).softmax(dim=-1) for _ in range(2)]
    first, second = (np.asarray(each[0].mean(dim=0)) for each in blocks)
    expected = (0.5 * second + 0.5 * np.eye(4)) @ (0.5 * first + 0.5 * np.eye(4))
    np.testing.assert_allclose(rollout(blocks)[0], expected, rtol=1e-5)


def test_tokens_that_look_at_themselves_only_stay_where_they_are():
    identity = torch.eye(5).expand(1, 2, 5, 5)
    torch.testing.assert_close(rollout([identity, identity])[0], torch.eye(5))


@pytest.mark.parametrize("name", ["customcnn-text", "customcnn-hierarchical"])
def test_a_map_holds_all_attention_and_knows_no_class(name, images):
    model = tiny(name)
    one = AttentionRollout().explain(model, images, Target(np.array([0, 0])))
    other = AttentionRollout().explain(model, images, Target(np.array([2, 1])))
    np.testing.assert_array_equal(one, other)
    # Bilinear enlargement by a whole factor keeps the total up to what the border repeats.
    np.testing.assert_allclose(one.sum(axis=(1, 2)), 1, atol=0.02)


def test_a_model_without_encoder_is_told_why_not(images):
    with pytest.raises(UnsuitableMethodError, match="has no token encoder, so it has no attention"):
        AttentionRollout().explain(tiny("customcnn-backbone"), images, Target(np.array([0, 0])))
