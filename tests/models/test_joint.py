"""Joint models: what is shared is one tensor, and every branch is a whole model."""

from collections.abc import Iterable, Iterator
from copy import deepcopy
from pathlib import Path

import pytest
import torch
from safetensors.torch import save_file
from torch import nn

from hemoscope.errors import HemoscopeError, UsageError
from hemoscope.models.build import build_body, build_model
from hemoscope.models.config import ModelConfig, Normalisation, with_changes
from hemoscope.models.counts import count_parameters
from hemoscope.models.freezing import freeze
from hemoscope.models.groups import parameter_groups
from hemoscope.models.hybrid import HybridClassifier
from hemoscope.models.joint import JointClassifier
from hemoscope.models.joint_build import Weights, build_classifier
from hemoscope.models.joint_config import joint_config
from hemoscope.models.store import load_classifier, load_model, save_model
from hemoscope.models.zoo import ZOO

BACKBONES = ("customcnn", "resnet50", "efficientnet_b3", "inception_v3")
TOKENS = {"customcnn": 64, "resnet50": 16, "efficientnet_b3": 16, "inception_v3": 4}
ENCODER = {"blocks": 2, "heads": 2, "key_width": 8, "feed_forward": 32}
TINY = {"width": 16, "image_size": 128, "encoder": ENCODER}
NAMES = ("a", "b", "c")


def _joint(weights: Weights = "none", **fields: object) -> JointClassifier:
    model = build_classifier(joint_config({**TINY, **fields}), len(NAMES), weights)
    assert isinstance(model, JointClassifier)
    return model


@pytest.fixture(scope="module")
def zoo() -> JointClassifier:
    """All four backbones of the zoo."""
    torch.manual_seed(0)
    return _joint(joint=list(BACKBONES))


@pytest.fixture
def model(zoo: JointClassifier) -> Iterator[JointClassifier]:
    yield zoo.eval()
    zoo.zero_grad(set_to_none=True)
    freeze(zoo, "none")


@pytest.fixture
def small() -> JointClassifier:
    torch.manual_seed(0)
    return _joint(joint={"first": "customcnn", "second": "customcnn"}, image_size=64).eval()


def _images(count: int = 2, size: int = 128) -> torch.Tensor:
    return torch.rand(count, 3, size, size, generator=torch.Generator().manual_seed(1))


def test_branches_have_their_own_grids_and_one_width(model: JointClassifier) -> None:
    assert list(model.branches) == list(BACKBONES)
    for name, branch in model.branches.items():
        with torch.no_grad():
            seen = branch(_images(), return_attention=True)
        assert seen.logits.shape == (2, 3)
        assert seen.features.shape == (2, 16 * 3)
        assert [block.shape for block in seen.blocks] == [(2, 2, TOKENS[name], TOKENS[name])] * 2
        assert branch.config.architecture == name
        assert branch.config.pooling == ZOO[f"{name}-text"].pooling


def test_what_is_shared_is_one_tensor(model: JointClassifier) -> None:
    first, *others = model.branches.values()
    for part in ("encoder", "fusion", "head"):
        for other in others:
            mine, yours = getattr(first, part).parameters(), getattr(other, part).parameters()
            assert all(a is b for a, b in zip(mine, yours, strict=True))
    own = [id(p) for b in model.branches.values() for p in (*b.backbone.parameters(),)]
    assert len(set(own)) == len(own)
    names = [name for name, _ in model.named_parameters()]
    assert sum(name.startswith("encoder.") for name in names) == len(
        list(first.encoder.parameters())
    )


def test_the_whole_is_the_branches_less_what_they_share(model: JointClassifier) -> None:
    shared = sum(count_parameters(part) for part in (model.encoder, model.fusion, model.head))
    apart = sum(count_parameters(branch) for branch in model.branches.values())
    assert count_parameters(model) == apart - (len(BACKBONES) - 1) * shared
    names = {name for name, _ in model.named_parameters()}
    saved = {name: tensor for name, tensor in model.state_dict().items() if name in names}
    assert sum(tensor.numel() for tensor in saved.values()) == count_parameters(model)


def test_gradients_reach_exactly_the_trainable_parameters(model: JointClassifier) -> None:
    freeze(model, "paper")
    model.train()
    for branch in model.branches.values():
        nn.functional.cross_entropy(branch(_images()), torch.tensor([0, 2])).backward()
    for name, parameter in model.named_parameters():
        assert (parameter.grad is not None) == parameter.requires_grad, name
    still = {n.split(".")[1] for n, p in model.named_parameters() if not p.requires_grad}
    assert still == {"resnet50", "efficientnet_b3", "inception_v3"}


def test_a_branch_teaches_itself_and_what_is_shared(model: JointClassifier) -> None:
    model.branch("resnet50")(_images()).sum().backward()
    reached = {
        n.removeprefix("stems.").split(".")[0]
        for n, p in model.named_parameters()
        if p.grad is not None
    }
    assert reached == {"resnet50", "encoder", "fusion", "head"}


def test_every_parameter_is_in_one_group(model: JointClassifier) -> None:
    grouped = [id(p) for group in parameter_groups(model) for p in group.parameters]
    assert sorted(grouped) == sorted(id(p) for p in model.parameters())
    assert {group.part for group in parameter_groups(model)} == {"backbone", "encoder", "head"}


def test_the_whole_is_the_mean_of_logits_and_the_head_of_the_mean(model: JointClassifier) -> None:
    with torch.no_grad():
        each = torch.stack([branch(_images()) for branch in model.branches.values()])
        whole, features = model(_images()), model.features(_images())
        seen = model(_images(), return_attention=True)
    torch.testing.assert_close(whole, each.mean(dim=0))
    torch.testing.assert_close(model.head(features), whole, rtol=1e-4, atol=1e-5)
    torch.testing.assert_close(seen.logits, whole)
    torch.testing.assert_close(seen.features, features)
    assert seen.blocks == ()
    geometric = each.softmax(dim=2).log().mean(dim=0).softmax(dim=1)
    torch.testing.assert_close(whole.softmax(dim=1), geometric)


def test_one_file_holds_the_whole_and_every_branch(small, tmp_path: Path) -> None:
    _check_file(small, tmp_path / "model.safetensors", small.branches)


@pytest.mark.slow
def test_one_file_holds_the_zoo(model: JointClassifier, tmp_path: Path) -> None:
    _check_file(model, tmp_path / "model.safetensors", ["inception_v3"])


def _check_file(model: JointClassifier, path: Path, branches: Iterable[str]) -> None:
    save_model(model, NAMES, path)
    whole = load_classifier(path)
    images = _images(size=model.config.image_size)
    assert whole.model.config == model.config
    with torch.no_grad():
        assert torch.equal(whole.model(images), model(images))
        for name in branches:
            branch = load_model(path, name).model
            assert not branch.training
            assert isinstance(branch, HybridClassifier)
            assert torch.equal(branch(images), model.branch(name)(images))
            assert branch.config.normalisation is not None


def test_a_branch_saved_on_its_own_is_an_ordinary_model(small, tmp_path: Path) -> None:
    path = tmp_path / "branch.safetensors"
    save_model(small.branch("second"), NAMES, path)
    images = _images(size=64)
    assert torch.equal(load_model(path).model(images), small.branch("second")(images))


def test_one_branch_at_a_time_where_a_single_backbone_is_wanted(small, tmp_path: Path) -> None:
    path = tmp_path / "model.safetensors"
    save_model(small, NAMES, path)
    with pytest.raises(UsageError, match=r"is joint; its branches are first, second.*--branch"):
        load_model(path)
    with pytest.raises(UsageError, match=r"no branch 'third'\. It has first, second"):
        load_classifier(path, "third")
    save_model(build_model(small.branch("first").config, 3, "none"), NAMES, path)
    with pytest.raises(UsageError, match="has one backbone and no branches"):
        load_classifier(path, "first")


def test_a_copy_shares_within_itself_and_nothing_with_the_original(small) -> None:
    copy = deepcopy(small)
    with torch.no_grad():
        copy.head[-1].bias.add_(1)
    images = _images(size=64)
    for name in ("first", "second"):
        change = copy.branch(name)(images) - small.branch(name)(images)
        torch.testing.assert_close(change, torch.ones(2, 3))
    assert copy.branch("first").encoder is copy.encoder is copy.branch("second").encoder


def test_frozen_parts_stay_so_in_training(small) -> None:
    freeze(small, "first.stages.1")
    assert small.frozen == (
        "stems.first.backbone.body.stages.0.0",
        "stems.first.backbone.body.stages.1.0",
    )
    still = {n for n, p in small.named_parameters() if not p.requires_grad}
    assert all(name.startswith("stems.first.backbone.") for name in still)
    freeze(small, "backbone")
    small.train()
    assert not any(branch.backbone.body.training for branch in small.branches.values())
    assert small.encoder.training


@pytest.mark.parametrize("plan", ["stages.1", "first", "third.stages.1"])
def test_a_plan_names_its_branch(small, plan: str) -> None:
    with pytest.raises(UsageError, match=r"no module of a branch.*first\.MODULE.*first, second"):
        freeze(small, plan)


def test_each_branch_starts_from_its_own_weights(tmp_path: Path) -> None:
    bodies = {}
    config = ModelConfig(backbone="customcnn")
    for name in ("first", "second"):
        bodies[name] = build_body(config).state_dict()
        save_file(bodies[name], tmp_path / f"{name}.safetensors")
    unit = {"mean": (0, 0, 0), "std": (1, 1, 1)}
    other = {"mean": (0.5, 0.5, 0.5), "std": (0.2, 0.2, 0.2)}
    model = _joint(
        {name: str(tmp_path / f"{name}.safetensors") for name in bodies},
        joint={"first": "customcnn", "second": {"backbone": "customcnn", "normalisation": other}},
        normalisation=unit,
        image_size=64,
    )
    for name, tensors in bodies.items():
        body = model.branch(name).backbone.body.state_dict()
        assert all(torch.equal(body[key], tensor) for key, tensor in tensors.items())
    scaling = [branch.normalisation for branch in model.config.joint]
    assert scaling == [Normalisation.model_validate(unit), Normalisation.model_validate(other)]


@pytest.mark.parametrize(
    ("weights", "message"),
    [
        ({"thrid": "none"}, "name thrid, which is no branch of this model. It has first, second"),
        ("file.safetensors", r"weights of one backbone.*\{first: FILE, second: FILE\}"),
        ({"second": "nowhere.safetensors"}, "nowhere.safetensors do not say how"),
    ],
)
def test_weights_that_do_not_fit_are_said_so(weights: Weights, message: str) -> None:
    with pytest.raises(HemoscopeError, match=message):
        _joint(weights, joint={"first": "customcnn", "second": "customcnn"}, image_size=64)


@pytest.mark.parametrize("name", ["keys", "training", "forward"])
def test_a_branch_is_not_called_as_torch_calls_something(name: str) -> None:
    config = joint_config({"joint": {name: "customcnn", "other": "customcnn"}, "width": 8})
    with pytest.raises(UsageError, match=f"a branch cannot be called {name}"):
        build_classifier(config, 3, "none")


def test_weights_by_branch_are_for_joint_models() -> None:
    with pytest.raises(UsageError, match="this one has one backbone"):
        build_classifier(ModelConfig(backbone="customcnn"), 3, {"customcnn": "none"})
    with pytest.raises(HemoscopeError, match="build it by build_classifier"):
        build_model(joint_config({"joint": ["customcnn", "resnet50"]}), 3, "none")


def test_table2_shares_where_the_channels_agree_and_is_refused_where_not() -> None:
    with torch.device("meta"):
        agreeing = _joint(joint=["resnet50", "inception_v3"], base="resnet50-table2", width=None)
        assert agreeing.fusion.width == 2048
        with pytest.raises(HemoscopeError, match=r"customcnn 256, resnet50 2048.*Set model\.width"):
            _joint(joint=["customcnn", "resnet50"], base="resnet50-table2", width=None)


@pytest.mark.parametrize("fusion", [["cnn"], ["vit"], ["attention"], ["vit", "cnn"]])
def test_every_fusion_can_be_shared(fusion: list[str]) -> None:
    fields = {"fusion": fusion, "joint": ["customcnn", "resnet18"], "image_size": 64}
    if fusion == ["cnn"]:
        fields |= {"positions": False, "encoder": {"blocks": 0}}
    model = _joint(**fields)
    for branch in model.branches.values():
        branch(_images(size=64)).sum().backward()
    assert all(parameter.grad is not None for parameter in model.parameters())


def test_the_mean_of_the_projected_map_is_the_mean_of_its_projection() -> None:
    config = with_changes(ZOO["customcnn-text"], {"width": 16, "map_projected": True})
    model = build_model(with_changes(config, {"image_size": 64}), 3, "none")
    last_map = torch.rand(2, 256, 4, 4)
    project = model.tokens.stages[0].project
    positions = project(last_map.permute(0, 2, 3, 1))
    mean = model.tokens.project_mean(last_map)
    torch.testing.assert_close(mean.flatten(1), positions.mean(dim=(1, 2)))
