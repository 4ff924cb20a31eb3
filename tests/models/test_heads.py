import pytest
import torch
from pydantic import ValidationError

from hemoscope.errors import HemoscopeError
from hemoscope.models.build import build_model
from hemoscope.models.config import with_changes
from hemoscope.models.groups import parameter_groups
from hemoscope.models.heads import summed_logits
from hemoscope.models.heads_config import HeadConfig
from hemoscope.models.joint import branches_of
from hemoscope.models.joint_build import build_classifier
from hemoscope.models.joint_config import joint_config
from hemoscope.models.store import load_classifier, load_model, save_model
from hemoscope.models.zoo import ZOO

SHAPE = HeadConfig(column="shape", answers=("round", "segmented", "band"))
ILL = HeadConfig(column="ill", answers=("normal", "pathological"), members=((0, 2), (1, 3)))
SMALL = with_changes(
    ZOO["customcnn-text"],
    {
        "width": 16,
        "image_size": 32,
        "encoder": {"blocks": 1, "heads": 2, "key_width": 8, "feed_forward": 16},
        "tasks": {"pop": SHAPE, "ill": ILL},  # pop is also the name of a method of ModuleDict
    },
)
IMAGES = torch.rand(3, 3, 32, 32)


def test_every_head_answers_and_the_class_is_what_forward_gives() -> None:
    model = build_model(SMALL, 4, "none").eval()
    answers = model.answers(IMAGES)
    assert {name: tuple(each.shape) for name, each in answers.items()} == {
        "class": (3, 4),
        "pop": (3, 3),
        "ill": (3, 2),
    }
    torch.testing.assert_close(answers["class"], model(IMAGES))


def test_a_summed_answer_has_the_summed_probability_of_its_classes() -> None:
    logits = torch.randn(50, 4) * 10
    probabilities = logits.softmax(1)
    summed = summed_logits(logits, ((0, 2), (1, 3))).softmax(1)
    expected = torch.stack([probabilities[:, [0, 2]].sum(1), probabilities[:, [1, 3]].sum(1)], 1)
    torch.testing.assert_close(summed, expected)


def test_heads_are_saved_and_read_with_the_model(tmp_path) -> None:
    model = build_model(SMALL, 4, "none").eval()
    save_model(model, ("a", "b", "c", "d"), tmp_path / "m.safetensors")
    stored = load_model(tmp_path / "m.safetensors").model
    assert stored.config.tasks == {"pop": SHAPE, "ill": ILL}
    torch.testing.assert_close(stored.answers(IMAGES), model.answers(IMAGES))


def test_a_head_of_its_own_learns_at_the_rate_of_heads() -> None:
    model = build_model(SMALL, 4, "none")
    layer = model.heads.layers["task_pop"]
    heads = [g for g in parameter_groups(model) if g.part == "head"]
    assert sum(p is layer.weight for g in heads for p in g.parameters) == 1
    grouped = sum(len(g.parameters) for g in parameter_groups(model))
    assert grouped == len(list(model.parameters()))


def test_a_model_without_tasks_has_the_tensors_that_it_always_had() -> None:
    names = build_model(with_changes(SMALL, {"tasks": {}}), 4, "none").state_dict()
    assert not [name for name in names if name.startswith("heads")]


@pytest.mark.parametrize("members", [((0,), (0,)), ((0, 1), ()), ((0, 3), (1,)), ((0, 1),)])
def test_sets_of_classes_are_a_partition(members) -> None:
    with pytest.raises(ValidationError, match="exactly one answer"):
        HeadConfig(column="ill", answers=("normal", "pathological"), members=members)


def test_sets_of_classes_fit_the_number_of_classes() -> None:
    with pytest.raises(HemoscopeError, match="sets of 4 classes, but the model tells 5"):
        build_model(SMALL, 5, "none")


def test_branches_of_a_joint_model_share_every_head_and_answer_by_the_mean(tmp_path) -> None:
    torch.manual_seed(0)
    fields = {"width": 16, "image_size": 32, "tasks": SMALL.tasks}
    config = joint_config({"joint": {"left": "customcnn", "right": "customcnn"}, **fields})
    model = build_classifier(config, 4, "none").eval()
    left, right = branches_of(model).values()
    assert left.heads is right.heads is model.heads
    with torch.no_grad():
        answers, both = model.answers(IMAGES), [each.answers(IMAGES) for each in (left, right)]
        seen = model(IMAGES, return_attention=True)
    for name in ("class", "pop"):
        torch.testing.assert_close(answers[name], (both[0][name] + both[1][name]) / 2)
    summed = answers["class"].softmax(1)[:, [1, 3]].sum(1)
    torch.testing.assert_close(answers["ill"].softmax(1)[:, 1], summed)
    from_features = model.heads(seen.features, seen.logits)
    for name, logits in from_features.items():
        torch.testing.assert_close(logits, answers[name], rtol=1e-4, atol=1e-5)
    grouped = [id(p) for group in parameter_groups(model) for p in group.parameters]
    assert sorted(grouped) == sorted(id(p) for p in model.parameters())
    save_model(model, ("a", "b", "c", "d"), tmp_path / "m.safetensors")
    stored = load_classifier(tmp_path / "m.safetensors").model
    with torch.no_grad():
        torch.testing.assert_close(stored.answers(IMAGES), answers)
