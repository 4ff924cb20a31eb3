"""Each score against its definition, written out another way."""

import numpy as np
import pytest
import torch
from hypothesis import given, settings
from hypothesis import strategies as st
from scipy.spatial.distance import cosine
from scipy.stats import entropy

from hemoscope.compression.scores.entropy import attention_entropy
from hemoscope.compression.scores.gate import gate_importance
from hemoscope.compression.scores.influence import block_influence
from hemoscope.compression.scores.rollout_share import rollout_share


def attention(seed: int, heads: int = 3, tokens: int = 4, sharp: float = 2.0) -> torch.Tensor:
    generator = torch.Generator().manual_seed(seed)
    return (sharp * torch.randn(2, heads, tokens, tokens, generator=generator)).softmax(-1)


def test_entropy_is_that_of_scipy() -> None:
    weights = attention(0)
    expected = entropy(weights.numpy(), axis=-1, base=4).mean(axis=-1)
    np.testing.assert_allclose(attention_entropy(weights).numpy(), expected, rtol=1e-5)


def test_entropy_at_its_ends() -> None:
    even, own = torch.full((1, 1, 5, 5), 0.2), torch.eye(5)[None, None]
    assert attention_entropy(even).item() == pytest.approx(1)
    assert attention_entropy(own).item() == 0
    assert attention_entropy(torch.ones(1, 2, 1, 1)).tolist() == [[0, 0]]


def test_influence_is_that_of_scipy() -> None:
    before, after = torch.randn(2, 3, 5), torch.randn(2, 3, 5)
    expected = [
        np.mean([cosine(b, a) for b, a in zip(*pair, strict=True)])
        for pair in zip(before.numpy(), after.numpy(), strict=True)
    ]
    np.testing.assert_allclose(block_influence(before, after).numpy(), expected, rtol=1e-5)


@given(st.floats(0.1, 50))
def test_influence_knows_direction_only(factor: float) -> None:
    before = torch.randn(2, 3, 5, generator=torch.Generator().manual_seed(0))
    assert block_influence(before, factor * before).abs().max() < 1e-5


@settings(deadline=None)
@given(st.integers(0, 1000))
def test_rollout_shares_sum_to_one(seed: int) -> None:
    blocks = [attention(seed), attention(seed + 1, heads=2)]
    shares = rollout_share(blocks, torch.full((2, 4), 0.25))
    assert [share.shape for share in shares] == [(2, 3), (2, 2)]
    total = torch.cat(shares, dim=1).sum(dim=1)
    torch.testing.assert_close(total, torch.ones(2))


def test_a_rollout_by_hand() -> None:
    """One token is read. The last block's head 0 sends it to the other token, head 1 nowhere."""
    swap, stay = torch.tensor([[0.0, 1.0], [1.0, 0.0]]), torch.eye(2)
    last = torch.stack([swap, stay])[None]
    first = torch.stack([swap])[None]
    shares = rollout_share([first, last], torch.tensor([[1.0, 0.0]]))
    # Last: head 0 moves 1/4 of what is read. First: its one head moves half of everything.
    np.testing.assert_allclose(shares[1].numpy(), [[1 / 3, 0]], rtol=1e-6)
    np.testing.assert_allclose(shares[0].numpy(), [[2 / 3]], rtol=1e-6)


def test_where_nothing_moves_nobody_has_a_share() -> None:
    (share,) = rollout_share([torch.eye(3)[None, None]], torch.full((1, 3), 1 / 3))
    assert share.tolist() == [[0]]


def test_the_gate_is_a_derivative() -> None:
    """Against the difference quotient of a loss with real gates."""
    torch.manual_seed(0)
    values = torch.randn(1, 4, 6, dtype=torch.float64)
    last = torch.randn(6, dtype=torch.float64)

    def loss(gates: torch.Tensor) -> torch.Tensor:
        return ((values.unflatten(2, (3, 2)) * gates[:, None]).flatten(2) @ last).tanh().sum()

    gates = torch.ones(3, dtype=torch.float64)
    step = 1e-6
    expected = [
        abs((loss(gates + step * row) - loss(gates - step * row)).item()) / (2 * step)
        for row in torch.eye(3, dtype=torch.float64)
    ]
    leaf = values.clone().requires_grad_(True)
    (gradient,) = torch.autograd.grad((leaf @ last).tanh().sum(), leaf)
    found = gate_importance(values, gradient, 3)
    np.testing.assert_allclose(found[0].numpy(), expected, rtol=1e-4)
