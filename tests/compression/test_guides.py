"""What each guide makes of scores and weights."""

import numpy as np
import pytest
import torch

from hemoscope.compression.by_scores import by_attention, by_gradient
from hemoscope.compression.chance import by_chance
from hemoscope.compression.guides import GUIDES, check_guide, importance_by
from hemoscope.compression.magnitude import by_magnitude
from hemoscope.compression.scores.result import BlockScores, Scores
from hemoscope.errors import UsageError

from .conftest import tiny


def block(entropy, rollout, heads, influence=0.5, gradient=1.0) -> BlockScores:
    grid = np.ones((len(heads), 2))
    return BlockScores(
        entropy=np.array(entropy), rollout=np.array(rollout), influence=influence,
        gradient=gradient, heads=np.array(heads), match=grid, carry=grid, units=np.ones(3),
    )  # fmt: skip


def test_attention_is_the_mean_rank_of_all_scores() -> None:
    # Heads, best to worst by: focus b > a > c; rollout a > b > c; gradient a > b > c.
    scores = Scores((block([0.5, 0.1, 0.9], [0.6, 0.3, 0.1], [3.0, 2.0, 1.0]),), cells=4)
    found = by_attention(scores)
    np.testing.assert_allclose(found.heads[0], [8 / 3, 7 / 3, 1])
    np.testing.assert_allclose(found.blocks, [1])


def test_gradients_are_compared_within_the_scale_of_their_block() -> None:
    loud = block([0, 0], [0.2, 0.2], [300.0, 400.0])
    quiet = block([0, 0], [0.3, 0.3], [0.8, 0.6])
    heads = by_gradient(Scores((loud, quiet), cells=1)).heads
    np.testing.assert_allclose(heads, [[0.6, 0.8], [0.8, 0.6]])


def test_magnitude_is_the_norm_of_what_would_go() -> None:
    model = tiny()
    found = by_magnitude(model)
    first = model.encoder.blocks[0]
    attention = first.attention
    rows = slice(2 * 16, 3 * 16)  # head 2
    parts = [getattr(attention, name).weight[rows] for name in ("query", "key", "value")]
    gone = torch.cat([part.flatten() for part in (*parts, attention.output.weight[:, rows])])
    assert found.heads[0][2] == pytest.approx(gone.norm().item(), rel=1e-5)
    unit = torch.cat([first.feed_forward[0].weight[7], first.feed_forward[2].weight[:, 7]])
    assert found.units[0][7] == pytest.approx(unit.norm().item(), rel=1e-5)
    matrices = [p.flatten() for p in first.parameters() if p.ndim == 2]
    assert found.blocks[0] == pytest.approx(torch.cat(matrices).norm().item(), rel=1e-5)


def test_a_part_of_zeros_is_the_first_to_go_by_magnitude_and_by_gradient(images, labels) -> None:
    model = tiny()
    with torch.no_grad():
        model.encoder.blocks[1].attention.output.weight[:, :16] = 0  # head 0 of block 1
        model.encoder.blocks[0].feed_forward[2].weight[:, 5] = 0
    gradient = importance_by("gradient", model, images, labels, (0,))
    assert gradient.heads[1].argmin() == 0
    assert gradient.heads[1][0] == pytest.approx(0, abs=1e-12)
    assert gradient.units[0].argmin() == 5
    assert by_magnitude(model).heads[1].argmin() == 0


def test_chance_is_the_same_for_the_same_seed_only(model) -> None:
    same, again, other = (by_chance(model, seed).units[0] for seed in ((1, 2), (1, 2), (1, 3)))
    assert np.array_equal(same, again)
    assert not np.array_equal(same, other)


@pytest.mark.parametrize("guide", GUIDES)
def test_every_guide_has_a_number_for_every_part(model, images, labels, guide: str) -> None:
    found = importance_by(guide, model, images, labels, (0, 1))
    assert found.blocks.shape == (2,)
    assert [h.shape for h in found.heads] == [(4,)] * 2
    assert [m.shape for m in (*found.match, *found.carry)] == [(4, 16)] * 4
    assert [u.shape for u in found.units] == [(40,)] * 2
    values = (*found.heads, *found.match, *found.carry, *found.units, found.blocks)
    assert all(np.isfinite(each).all() for each in values)


def test_an_unknown_guide_is_named() -> None:
    with pytest.raises(UsageError, match="Did you mean 'magnitude'"):
        check_guide("magnitud")
