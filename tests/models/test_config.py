import pytest
from pydantic import ValidationError

from hemoscope.models.config import EncoderConfig, ModelConfig, with_changes
from hemoscope.models.zoo import ZOO

TEXT = ZOO["resnet50-text"]


def test_a_recipe_changes_one_field_of_the_encoder() -> None:
    changed = with_changes(TEXT, {"encoder": {"blocks": 4}, "positions": False})
    assert changed.encoder == EncoderConfig(blocks=4)
    assert not changed.positions
    assert changed.width == TEXT.width


def test_the_original_stays_as_it_was() -> None:
    with_changes(TEXT, {"encoder": {"blocks": 0}})
    assert TEXT.encoder.blocks == 2


def test_json_and_back() -> None:
    assert ModelConfig.model_validate_json(TEXT.model_dump_json()) == TEXT


@pytest.mark.parametrize(
    ("changes", "message"),
    [
        ({"pooling": "tensorflow"}, "inception_v3 only"),
        ({"stages": [-1, -2]}, "rise without repeats"),
        ({"stages": []}, "rise without repeats"),
        ({"stages": [-2, 0]}, "below 0"),
        ({"stages": [-2, -1], "width": None}, "need one width"),
        ({"fusion": []}, "at least one of cnn, vit, attention"),
        ({"fusion": ["cnn", "cnn"]}, "at most once"),
        ({"fusion": ["cnn"]}, "reads no tokens"),
        ({"fusion": ["mean"]}, "Input should be"),
        ({"encoder": {"block": 2}}, "Extra inputs"),
        ({"heads": 8}, "Extra inputs"),
    ],
)
def test_what_does_not_fit_together_is_refused(changes: dict[str, object], message: str) -> None:
    with pytest.raises(ValidationError, match=message):
        with_changes(TEXT, changes)


def test_tags_do_not_change_the_architecture() -> None:
    assert ModelConfig(backbone="inception_v3.tf_in1k").architecture == "inception_v3"
    assert ModelConfig(backbone="resnet18").architecture == "resnet18"


def test_blocks_that_differ_are_described_one_by_one() -> None:
    shapes = [{"heads": 3, "key_width": 8, "feed_forward": 20}, {**_ALIKE, "heads": 1}]
    changed = with_changes(TEXT, {"encoder": {"shapes": shapes}})
    assert [s.model_dump() for s in changed.encoder.block_shapes] == shapes
    assert ModelConfig.model_validate_json(changed.model_dump_json()) == changed
    first = changed.encoder.of(changed.encoder.block_shapes[0])
    assert (first.blocks, first.heads, first.shapes) == (1, 3, None)
    assert first.dropout == TEXT.encoder.dropout
    with pytest.raises(ValidationError, match="shapes describe 2 blocks, but blocks is 3"):
        with_changes(changed, {"encoder": {"blocks": 3}})


def test_blocks_that_are_alike_need_no_description() -> None:
    assert [s.model_dump() for s in TEXT.encoder.block_shapes] == [_ALIKE, _ALIKE]


_ALIKE = {"heads": 8, "key_width": 32, "feed_forward": 256}
