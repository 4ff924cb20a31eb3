import numpy as np
import pytest

from hemoscope.compression.choice import LEAST_CHANNELS, LEAST_UNITS, choose, possible
from hemoscope.compression.importance import Importance
from hemoscope.models.config import BlockShape

SHAPES = (
    BlockShape(heads=3, key_width=16, feed_forward=20),
    BlockShape(heads=2, key_width=16, feed_forward=30),
)
IMPORTANCE = Importance(
    blocks=np.array([0.7, 0.2]),
    heads=(np.array([5.0, 1.0, 2.0]), np.array([0.1, 0.2])),
    match=tuple(np.tile(np.arange(16.0), (shape.heads, 1)) for shape in SHAPES),
    carry=tuple(np.tile(-np.arange(16.0), (shape.heads, 1)) for shape in SHAPES),
    units=(np.arange(20.0), np.arange(30.0) - 100),
)


def test_the_lowest_block_goes() -> None:
    (kept,) = choose("blocks", SHAPES, IMPORTANCE, 0.5)
    assert kept.block == 0
    assert kept.shape == SHAPES[0]


def test_the_lowest_heads_of_all_blocks_go_but_each_block_keeps_one() -> None:
    first, second = choose("heads", SHAPES, IMPORTANCE, 0.4)
    assert second.heads.tolist() == [1]  # 0.1 goes; 0.2, the next, has to stay
    assert first.heads.tolist() == [0, 2]
    assert first.match.shape == (2, 16)


@pytest.mark.parametrize("share", [0.01, 0.3, 0.99])
def test_at_least_one_head_goes_and_never_all(share: float) -> None:
    kept = choose("heads", SHAPES, IMPORTANCE, share)
    left = [len(block.heads) for block in kept]
    assert min(left) >= 1
    assert sum(left) == max(2, 5 - max(1, int(5 * share)))


def test_every_head_loses_its_own_lowest_channels() -> None:
    for block in choose("channels", SHAPES, IMPORTANCE, 0.25):
        assert block.match.tolist() == [list(range(4, 16))] * len(block.heads)
        assert block.carry.tolist() == [list(range(12))] * len(block.heads)
    for block in choose("channels", SHAPES, IMPORTANCE, 0.9):
        assert block.shape.key_width == LEAST_CHANNELS


def test_units_go_wherever_they_are_lowest_down_to_a_floor() -> None:
    first, second = choose("units", SHAPES, IMPORTANCE, 0.2)
    assert first.units.tolist() == list(range(20))
    assert second.units.tolist() == list(range(10, 30))
    kept = choose("units", SHAPES, IMPORTANCE, 0.9)
    assert [len(block.units) for block in kept] == [LEAST_UNITS, LEAST_UNITS]


def test_what_is_at_its_floor_cannot_go() -> None:
    least = (BlockShape(heads=1, key_width=LEAST_CHANNELS, feed_forward=LEAST_UNITS),)
    assert not any(possible(kind, least, 1) for kind in ("blocks", "heads", "channels", "units"))
    assert possible("blocks", least, 0)
    assert all(possible(kind, SHAPES, 1) for kind in ("blocks", "heads", "channels", "units"))
