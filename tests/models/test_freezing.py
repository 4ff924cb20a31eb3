import json
import os
from pathlib import Path

import pytest
import torch
from hypothesis import given
from hypothesis import strategies as st

from hemoscope.errors import UsageError
from hemoscope.models.build import build_model
from hemoscope.models.config import ModelConfig
from hemoscope.models.freezing import BODY, PAPER_FREEZE, freeze, frozen_modules, plan_at
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.models.zoo import ZOO


def _on_meta(config: ModelConfig) -> HybridClassifier:
    with torch.device("meta"):
        return build_model(config, 8, "none")


@pytest.fixture
def model() -> HybridClassifier:
    return build_model(ModelConfig(backbone="resnet10t", width=32, image_size=64), 4, "none")


def _holders(model: HybridClassifier, names: tuple[str, ...]) -> set[str]:
    """Names, within the backbone, of the modules inside these that hold parameters."""
    return {
        f"{name}.{inner}".rstrip(".").removeprefix(f"{BODY}.")
        for name in names
        for inner, module in model.get_submodule(name).named_modules()
        if next(module.parameters(recurse=False), None) is not None
    }


@pytest.mark.parametrize("architecture", ["resnet50", "efficientnet_b3", "inception_v3"])
def test_the_paper_freezes_exactly_these_modules(architecture: str) -> None:
    folder = os.environ.get("HEMOSCOPE_PAPER")
    if folder is None:
        pytest.skip("HEMOSCOPE_PAPER does not name the folder that holds frozen_layers.json")
    listed = json.loads((Path(folder) / "frozen_layers.json").read_text())[architecture]
    model = _on_meta(ZOO[f"{architecture}-text"])
    found = _holders(model, frozen_modules(model, "paper"))
    assert found == set(listed["frozen_timm_modules"])


def test_frozen_batch_norms_stand_still_through_training(model: HybridClassifier) -> None:
    freeze(model, "layer2")
    model.train()
    before = {name: buffer.clone() for name, buffer in model.named_buffers()}
    model(torch.rand(2, 3, 64, 64))
    moved = {name for name, buffer in model.named_buffers() if not buffer.equal(before[name])}
    assert moved
    assert all(name.startswith((f"{BODY}.layer3", f"{BODY}.layer4")) for name in moved)


def test_everything_up_to_the_named_module(model: HybridClassifier) -> None:
    freeze(model, "layer2")
    still = {name for name, tensor in model.named_parameters() if not tensor.requires_grad}
    early = tuple(f"{BODY}.{part}" for part in ("conv1", "bn1", "layer1", "layer2"))
    assert still == {name for name, _ in model.named_parameters() if name.startswith(early)}


def test_unfreezing_is_whole(model: HybridClassifier) -> None:
    freeze(model, "backbone")
    assert not any(tensor.requires_grad for tensor in model.backbone.parameters())
    assert all(tensor.requires_grad for tensor in model.head.parameters())
    freeze(model, "none")
    model.train()
    assert model.frozen == ()
    assert all(tensor.requires_grad for tensor in model.parameters())
    assert all(module.training for module in model.modules())


def test_freezing_leaves_the_mode_as_it_was(model: HybridClassifier) -> None:
    model.eval()
    freeze(model, "layer1")
    assert not any(module.training for module in model.modules())


def test_every_paper_name_exists() -> None:
    for architecture in PAPER_FREEZE:
        model = _on_meta(ZOO[f"{architecture}-text"])
        for name in frozen_modules(model, "paper"):
            assert next(model.get_submodule(name).parameters(), None) is not None


def test_an_unknown_module_is_met_with_the_stages(model: HybridClassifier) -> None:
    with pytest.raises(UsageError, match=r"nothing called 'layer9'.*layer1, layer2, layer3"):
        freeze(model, "layer9")
    with pytest.raises(UsageError, match=r"nothing called 'layer'"):
        freeze(model, "layer")


def test_the_paper_says_nothing_of_other_backbones(model: HybridClassifier) -> None:
    with pytest.raises(UsageError, match=r"nothing in resnet10t.*freeze: none"):
        freeze(model, "paper")


@given(
    schedule=st.dictionaries(st.integers(1, 40), st.sampled_from(["layer3", "layer1", "none"])),
    epoch=st.integers(0, 50),
)
def test_the_latest_plan_begun_holds(schedule: dict[int, str], epoch: int) -> None:
    schedule[0] = "backbone"
    expected = "backbone"
    for now in range(epoch + 1):
        expected = schedule.get(now, expected)
    assert plan_at(schedule, epoch) == expected


@pytest.mark.parametrize("schedule", [{}, {3: "none"}, {-1: "none", 0: "backbone"}])
def test_a_schedule_begins_at_epoch_0(schedule: dict[int, str]) -> None:
    with pytest.raises(UsageError, match="begins at epoch 0"):
        plan_at(schedule, 5)
