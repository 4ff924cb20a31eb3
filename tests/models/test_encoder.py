import torch
from torch import nn

from hemoscope.models.config import EncoderConfig
from hemoscope.models.counts import count_parameters
from hemoscope.models.encoder import SelfAttention, TokenEncoder

WIDTH = 16
TOKENS = torch.randn(3, 5, WIDTH, generator=torch.Generator().manual_seed(0))


def _torch_twin(attention: SelfAttention) -> nn.MultiheadAttention:
    """torch's own multi-head attention with the same weights."""
    twin = nn.MultiheadAttention(WIDTH, attention.heads, batch_first=True).eval()
    parts = (attention.query, attention.key, attention.value)
    with torch.no_grad():
        assert twin.in_proj_weight is not None
        twin.in_proj_weight.copy_(torch.cat([part.weight for part in parts]))
        twin.in_proj_bias.copy_(torch.cat([part.bias for part in parts]))
        twin.out_proj.weight.copy_(attention.output.weight)
        twin.out_proj.bias.copy_(attention.output.bias)
    return twin


def test_agrees_with_torch_where_torch_can_do_it() -> None:
    attention = SelfAttention(WIDTH, EncoderConfig(heads=4, key_width=4)).eval()
    for part in (attention.query, attention.key, attention.value, attention.output):
        nn.init.normal_(part.bias)
    twin = _torch_twin(attention)
    expected, weights = twin(TOKENS, TOKENS, TOKENS, average_attn_weights=False)
    mixed, seen = attention(TOKENS, with_map=True)
    fused, nothing = attention(TOKENS)
    torch.testing.assert_close(mixed, expected)
    torch.testing.assert_close(seen, weights)
    torch.testing.assert_close(fused, expected)
    assert nothing is None


def test_heads_may_be_as_wide_as_the_tokens() -> None:
    attention = SelfAttention(WIDTH, EncoderConfig(heads=8, key_width=WIDTH))
    assert attention.query.weight.shape == (8 * WIDTH, WIDTH)
    assert attention(TOKENS)[0].shape == TOKENS.shape


def test_the_encoder_knows_no_order_without_positions() -> None:
    encoder = TokenEncoder(WIDTH, EncoderConfig(heads=4, key_width=4)).eval()
    order = torch.tensor([3, 1, 4, 0, 2])
    torch.testing.assert_close(encoder(TOKENS[:, order])[0], encoder(TOKENS)[0][:, order])


def test_no_blocks_pass_the_tokens_on() -> None:
    tokens, maps = TokenEncoder(WIDTH, EncoderConfig(blocks=0))(TOKENS, with_maps=True)
    assert torch.equal(tokens, TOKENS)
    assert maps == ()


def test_dropout_acts_in_training_on_both_paths() -> None:
    encoder = TokenEncoder(WIDTH, EncoderConfig(heads=4, key_width=4, dropout=0.5)).train()
    for with_maps in (False, True):
        assert not torch.equal(encoder(TOKENS, with_maps)[0], encoder(TOKENS, with_maps)[0])


def test_tied_blocks_do_what_equal_blocks_do() -> None:
    config = EncoderConfig(blocks=3, heads=2, key_width=4, feed_forward=8)
    tied = TokenEncoder(WIDTH, config.model_copy(update={"tied": True})).eval()
    untied = TokenEncoder(WIDTH, config).eval()
    for block in untied.blocks:
        block.load_state_dict(tied.blocks[0].state_dict())
    mixed, maps = tied(TOKENS, with_maps=True)
    expected, expected_maps = untied(TOKENS, with_maps=True)
    torch.testing.assert_close(mixed, expected)
    assert len(maps) == len(expected_maps) == 3
    assert not torch.allclose(maps[0], maps[2])


def test_tied_blocks_are_there_once() -> None:
    config = EncoderConfig(blocks=3, tied=True)
    one = TokenEncoder(WIDTH, config.model_copy(update={"blocks": 1}))
    tied = TokenEncoder(WIDTH, config)
    assert count_parameters(tied) == count_parameters(one)
    assert tied.state_dict().keys() == one.state_dict().keys()


def test_no_tied_blocks_are_no_blocks() -> None:
    empty = TokenEncoder(WIDTH, EncoderConfig(blocks=0, tied=True))
    assert empty(TOKENS)[0] is TOKENS
