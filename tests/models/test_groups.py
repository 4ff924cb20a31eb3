import pytest
import torch

from hemoscope.models.build import build_model
from hemoscope.models.freezing import freeze
from hemoscope.models.groups import parameter_groups
from hemoscope.models.zoo import ZOO


@pytest.mark.parametrize("name", ["resnet50-text", "customcnn-hierarchical", "resnet50-backbone"])
def test_every_parameter_is_in_exactly_one_group(name: str) -> None:
    with torch.device("meta"):
        model = build_model(ZOO[name], 8, "none")
    freeze(model, "backbone")
    grouped = [id(each) for group in parameter_groups(model) for each in group.parameters]
    assert sorted(grouped) == sorted(id(each) for each in model.parameters())


def test_norms_biases_and_embeddings_do_not_decay() -> None:
    with torch.device("meta"):
        model = build_model(ZOO["resnet50-hierarchical"], 8, "none")
    spared = {
        id(each)
        for group in parameter_groups(model)
        if not group.decay
        for each in group.parameters
    }
    endings = (".bias", ".position", ".scale", "norm.weight", "bn1.weight", "bn2.weight")
    for name, parameter in model.named_parameters():
        expected = name.endswith(endings) or parameter.ndim == 1
        assert (id(parameter) in spared) == expected, name


def test_parts_are_the_parts_of_the_model() -> None:
    with torch.device("meta"):
        model = build_model(ZOO["customcnn-text"], 8, "none")
    parts = {id(each): group.part for group in parameter_groups(model) for each in group.parameters}
    found = {name.partition(".")[0]: parts[id(each)] for name, each in model.named_parameters()}
    assert found == {
        "backbone": "backbone",
        "tokens": "encoder",
        "encoder": "encoder",
        "fusion": "head",
        "head": "head",
    }


def test_no_empty_groups() -> None:
    with torch.device("meta"):
        model = build_model(ZOO["customcnn-backbone"], 8, "none")
    assert {group.part for group in parameter_groups(model)} == {"backbone", "head"}
