"""Names of blocks."""

import pytest

from hemoscope.deployment.blocks import block_of


@pytest.mark.parametrize(
    ("module", "block"),
    [
        ("backbone.body.Mixed_5b.branch1x1.conv", "backbone.Mixed_5b"),
        ("backbone.body.layer1.0.conv1", "backbone.layer1"),
        ("backbone.body.blocks.3.1.se", "backbone.blocks.3"),
        ("backbone.body.features.denseblock2.denselayer1", "backbone.features.denseblock2"),
        ("backbone.body.conv_stem", "backbone.conv_stem"),
        ("tokens.stages.0.project", "tokens"),
        ("encoder.blocks.1.attention.query", "encoder.blocks.1"),
        ("head.1", "head"),
        ("", ""),
    ],
)
def test_the_block_of_a_module(module, block):
    assert block_of(module) == block
