import subprocess
import sys

import pytest

from hemoscope.errors import UsageError
from hemoscope.models.zoo import ZOO, zoo_config

BACKBONES = ("customcnn", "resnet50", "efficientnet_b3", "inception_v3")
VARIANTS = ("table2", "text", "hierarchical", "backbone")


def test_four_backbones_times_four_variants() -> None:
    assert set(ZOO) == {f"{backbone}-{variant}" for backbone in BACKBONES for variant in VARIANTS}


@pytest.mark.parametrize("name", ZOO)
def test_a_name_says_what_it_is(name: str) -> None:
    config = zoo_config(name)
    backbone, _, variant = name.partition("-")
    assert config.architecture == backbone
    assert config.uses_tokens == (variant != "backbone")
    assert (len(config.stages) > 1) == (variant == "hierarchical")
    assert config.positions == (variant in {"text", "hierarchical"})


def test_an_unknown_name_is_met_with_the_nearest() -> None:
    with pytest.raises(UsageError, match=r"no model called 'inception-text'.*inception_v3-text"):
        zoo_config("inception-text")


def test_listing_names_loads_no_torch() -> None:
    code = (
        "import sys, hemoscope.models.zoo; "
        "print(sorted({'torch', 'timm', 'numpy'} & set(sys.modules)))"
    )
    command = [sys.executable, "-c", code]
    done = subprocess.run(command, capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
