"""Which kind comes next, when it stops, and the sizes that the docs promise."""

import numpy as np
import pytest
import torch

from hemoscope.compression.choice import choose
from hemoscope.compression.importance import Importance
from hemoscope.compression.journal import Against, Journal, Left, Measured, Origin, Removed, Step
from hemoscope.compression.schedule import next_kind, why_stopped
from hemoscope.compression.settings import Settings
from hemoscope.compression.surgery import config_of
from hemoscope.models.build import build_model
from hemoscope.models.config import BlockShape
from hemoscope.models.counts import count_parameters
from hemoscope.models.zoo import zoo_config

LARGE = BlockShape(heads=8, key_width=32, feed_forward=256)


def journal(*kinds: str, over: tuple[int, ...] = (), **settings: object) -> Journal:
    """A journal of such steps; those at the places `over` exceeded the budget."""
    origin = Origin(
        run="r", model_sha256="", cells="c", fingerprint="", own_cells=True, training_cells=1,
        validation_cells=1, device="cpu", threads=1,
    )  # fmt: skip
    measured = Measured(
        parameters=100, encoder_parameters=50, operations=1, file_bytes=1, latency_ms=1,
        processor_ms=1, val_accuracy=1,
    )  # fmt: skip
    steps = tuple(
        Step(
            step=at + 1, kind=kind, removed=Removed(), left=Left(blocks=(), heads=()), shapes=(),
            measured=measured.model_copy(update={"parameters": 90 - at}), loss_points=0,
            mcnemar=Against(p=1, only_original=0, only_pruned=0, method="exact"),
            accepted=at not in over, seconds=1,
        )
        for at, kind in enumerate(kinds)
    )  # fmt: skip
    return Journal(
        origin=origin, settings=Settings.model_validate(settings), original=measured, steps=steps
    )


def test_blocks_come_first_and_then_the_others_in_turn() -> None:
    assert next_kind(journal(), (LARGE,) * 3) == "blocks"
    assert next_kind(journal("blocks"), (LARGE,) * 2) == "blocks"
    assert next_kind(journal("blocks", "blocks"), (LARGE,)) == "heads"
    assert next_kind(journal("heads"), (LARGE,)) == "channels"
    assert next_kind(journal("channels"), (LARGE,)) == "units"
    assert next_kind(journal("units"), (LARGE,)) == "heads"


def test_a_kind_over_the_budget_is_left_out() -> None:
    assert next_kind(journal("blocks", over=(0,)), (LARGE, LARGE)) == "heads"
    assert next_kind(journal("heads", "channels", over=(1,)), (LARGE,)) == "units"
    assert next_kind(journal("heads", "channels", "units", over=(1,)), (LARGE,)) == "heads"
    spent = journal("heads", "channels", "units", over=(0, 1, 2))
    assert next_kind(spent, (LARGE,)) is None
    assert why_stopped(spent, (LARGE,)).startswith("removing heads, channels, units costs more")


def test_only_what_was_asked_for_goes() -> None:
    only = journal(kinds=("units", "heads"))
    assert next_kind(only, (LARGE, LARGE)) == "heads"
    assert next_kind(journal("heads", kinds=("units", "heads")), (LARGE, LARGE)) == "units"


def test_it_stops_where_nothing_is_left_and_where_it_is_small_enough() -> None:
    least = (BlockShape(heads=1, key_width=8, feed_forward=16),)
    assert next_kind(journal("units"), least) is None
    assert why_stopped(journal("units"), least) == "there is nothing left that may be removed"
    small = journal("heads", until=0.9)
    assert next_kind(small, (LARGE,)) is None
    assert "come down to 90 %" in why_stopped(small, (LARGE,))
    assert next_kind(journal("heads", until=0.89), (LARGE,)) == "channels"


@pytest.mark.slow
def test_the_largest_model_comes_down_to_a_tenth_in_eight_steps() -> None:
    config = zoo_config("inception_v3-table2")
    sizes = []
    for kind in ("blocks", *("heads", "channels", "units") * 2, "heads"):
        shapes = config.encoder.block_shapes
        flat = Importance(
            blocks=np.zeros(len(shapes)),
            heads=tuple(np.zeros(s.heads) for s in shapes),
            match=tuple(np.zeros((s.heads, s.key_width)) for s in shapes),
            carry=tuple(np.zeros((s.heads, s.key_width)) for s in shapes),
            units=tuple(np.zeros(s.feed_forward) for s in shapes),
        )
        kept = choose(kind, shapes, flat, 0.5)
        config = config_of(config, [block.shape for block in kept])
        with torch.device("meta"):
            sizes.append(count_parameters(build_model(config, 8, "none")))
    assert sizes == [
        *(189_643_752, 122_510_312, 88_943_592, 72_162_280),
        *(55_378_920, 46_987_240, 38_596_584, 34_400_744),
    ]
