import pytest

from hemoscope.models.config import ModelConfig
from hemoscope.models.describe import describe_model, describe_zoo
from hemoscope.models.zoo import ZOO


@pytest.mark.slow
def test_every_named_model_has_a_row() -> None:
    rows = describe_zoo()
    assert [row.name for row in rows] == list(ZOO)
    for row in rows:
        assert row.keras_total is not None
        assert row.keras_frozen is not None
        assert row.keras_total == (row.keras_trainable or 0) + row.keras_frozen
        assert (row.tokens == 0) == row.name.endswith("-backbone")


def test_a_backbone_outside_the_paper_has_no_keras_figures() -> None:
    row = describe_model("mine", ModelConfig(backbone="resnet18"), classes=3)
    assert (row.keras_total, row.keras_trainable, row.keras_frozen) == (None, None, None)
    assert row.tokens == 49
