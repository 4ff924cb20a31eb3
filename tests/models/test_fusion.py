import pytest
import torch
from torch import Tensor

from hemoscope.models.config import FusionPart
from hemoscope.models.fusion import AttentionPooling, Fusion

MAP = torch.randn(2, 6, 3, 4, generator=torch.Generator().manual_seed(0))
TOKENS = torch.randn(2, 5, 4, generator=torch.Generator().manual_seed(1))


def _fusion(*parts: FusionPart, norm: float | None = None) -> Fusion:
    return Fusion(parts, channels=6, token_width=4, norm_epsilon=norm)


def test_equal_scores_give_the_plain_mean() -> None:
    pool = AttentionPooling(4)
    torch.nn.init.zeros_(pool.score.weight)
    mean, weights = pool(TOKENS)
    torch.testing.assert_close(mean, TOKENS.mean(dim=1))
    torch.testing.assert_close(weights, torch.full((2, 5), 0.2))


def test_one_high_score_picks_its_token() -> None:
    pool = AttentionPooling(4)
    with torch.no_grad():
        pool.score.weight.copy_(torch.tensor([[1000.0, 0, 0, 0]]))
    picked, _ = pool(TOKENS)
    best = TOKENS[:, :, 0].argmax(dim=1)
    torch.testing.assert_close(picked, TOKENS[torch.arange(2), best])


@pytest.mark.parametrize(
    ("part", "expected"),
    [("cnn", MAP.flatten(2).mean(-1)), ("vit", TOKENS.mean(1))],
)
def test_single_parts(part: FusionPart, expected: Tensor) -> None:
    fused = _fusion(part)(MAP, TOKENS)
    torch.testing.assert_close(fused.vector, expected)
    assert fused.weights is None


def test_parts_come_in_the_order_asked_for() -> None:
    forth = _fusion("cnn", "vit")(MAP, TOKENS).vector
    back = _fusion("vit", "cnn")(MAP, TOKENS).vector
    assert torch.equal(forth, torch.cat([back[:, 4:], back[:, :4]], dim=1))


def test_all_three_normalised() -> None:
    fusion = _fusion("cnn", "vit", "attention", norm=1e-6)
    fused = fusion(MAP, TOKENS)
    assert fusion.width == 14
    assert fused.vector.shape == (2, 14)
    torch.testing.assert_close(fused.vector.mean(1), torch.zeros(2), atol=1e-5, rtol=0)
    torch.testing.assert_close(fused.vector.var(1, correction=0), torch.ones(2), rtol=1e-3, atol=0)
    assert fused.weights is not None
    torch.testing.assert_close(fused.weights.sum(1), torch.ones(2))
