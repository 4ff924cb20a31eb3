import torch

from hemoscope.models.backbones.backbone import MapShape
from hemoscope.models.tokens import StageTokens, TokenEmbedding

SMALL = MapShape(channels=5, height=2, width=3)
LARGE = MapShape(channels=4, height=4, width=6)


def _map(shape: MapShape) -> torch.Tensor:
    size = (2, shape.channels, shape.height, shape.width)
    return torch.randn(size, generator=torch.Generator().manual_seed(0))


def test_without_width_tokens_are_the_map_row_by_row() -> None:
    maps = _map(SMALL)
    tokens = TokenEmbedding([SMALL], None, positions=False)([maps])
    assert tokens.shape == (2, 6, 5)
    assert torch.equal(tokens[:, 4], maps[:, :, 1, 1])


def test_projection_is_the_same_at_every_position() -> None:
    stage = StageTokens(SMALL, 8, positions=False, scale=False)
    maps = _map(SMALL)
    turned = stage(maps.flip(2, 3))
    torch.testing.assert_close(turned.flip(1), stage(maps))


def test_positions_stand_where_their_token_stood() -> None:
    stage = StageTokens(SMALL, None, positions=True, scale=False)
    assert stage.position is not None
    added = stage(torch.zeros(1, 5, 2, 3))
    assert torch.equal(added[0, 5], stage.position[0, :, 1, 2])


def test_positions_are_resized_for_other_maps() -> None:
    stage = StageTokens(SMALL, None, positions=True, scale=False)
    assert stage.position is not None
    torch.nn.init.constant_(stage.position, 0.5)
    tokens = stage(torch.zeros(1, 5, 7, 4))
    torch.testing.assert_close(tokens, torch.full((1, 28, 5), 0.5))


def test_several_maps_make_one_sequence_and_say_their_scale() -> None:
    embed = TokenEmbedding([LARGE, SMALL], 8, positions=False)
    tokens = embed([torch.zeros(1, 4, 4, 6), torch.zeros(1, 5, 2, 3)])
    assert tokens.shape == (1, 24 + 6, 8)
    assert not torch.equal(tokens[:, 0], tokens[:, -1])
    torch.testing.assert_close(tokens[0, 0], embed.stages[0].scale)
    torch.testing.assert_close(tokens[0, -1], embed.stages[1].scale)


def test_a_single_map_has_no_scale() -> None:
    (stage,) = TokenEmbedding([SMALL], 8, positions=True).stages
    assert stage.scale is None
