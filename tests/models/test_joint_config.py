"""What a recipe may write as `joint:`."""

import pytest

from hemoscope.models.config import BranchConfig, ModelConfig
from hemoscope.models.joint_config import branch_config, joint_config
from hemoscope.models.zoo import ZOO
from hemoscope.training.recipe_files import RecipeError, dump_recipe, load_recipe

INCEPTION = BranchConfig(name="inception_v3", backbone="inception_v3.tf_in1k", pooling="tensorflow")
PAIR = "model={joint: [customcnn, resnet50]}"


@pytest.mark.parametrize("given", ["inception_v3", "inception_v3-text", "inception_v3-backbone"])
def test_a_backbone_of_the_zoo_comes_as_the_zoo_has_it(given: str) -> None:
    assert joint_config({"joint": [given, "resnet50"]}).joint[0] == INCEPTION


def test_any_backbone_of_timm_can_be_a_branch_under_any_name() -> None:
    config = joint_config(
        {"joint": {"left": "resnet18.a1_in1k", "right": {"backbone": "resnet18"}}}
    )
    assert config.joint == (
        BranchConfig(name="left", backbone="resnet18.a1_in1k"),
        BranchConfig(name="right", backbone="resnet18"),
    )
    assert joint_config({"joint": ["resnet18.a1_in1k", "customcnn"]}).joint[0].name == "resnet18"


def test_the_rest_is_of_the_base_and_of_the_recipe() -> None:
    config = joint_config({"joint": ["customcnn", "resnet50"], "base": "resnet50-table2"})
    assert (config.width, config.fusion) == (None, ("vit",))
    changed = joint_config({"joint": ["customcnn", "resnet50"], "encoder": {"blocks": 4}})
    text = ZOO["resnet50-text"]
    assert changed.encoder == text.encoder.model_copy(update={"blocks": 4})
    assert (changed.width, changed.fusion) == (text.width, text.fusion)


def test_a_branch_is_a_model_of_its_own() -> None:
    config = joint_config({"joint": ["inception_v3", "resnet50"], "image_size": 96})
    branch = branch_config(config, config.joint[0])
    assert ModelConfig.model_validate(branch.model_dump()) == branch
    expected = ZOO["inception_v3-text"].model_copy(update={"image_size": 96, "map_projected": True})
    assert branch == expected


@pytest.mark.parametrize(
    "settings",
    [
        (PAIR,),
        ("model.joint=[customcnn, resnet50]", "model.image_size=64"),
        (
            "model={joint: {a: resnet18, b: resnet18}}",
            "weights={a: x.safetensors}",
            "loss.mutual=1",
        ),
    ],
)
def test_a_joint_recipe_survives_the_way_through_its_run_folder(settings, tmp_path) -> None:
    recipe = load_recipe("default", settings)
    assert len(recipe.model.joint) == 2
    file = tmp_path / "recipe.yaml"
    file.write_text(dump_recipe(recipe))
    assert load_recipe(str(file)) == recipe


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("model={joint: [customcnn]}", "model: a joint model needs two branches or more"),
        ("model={joint: [resnet18, resnet18.a1_in1k]}", "two branches are called resnet18; name"),
        ("model={joint: [customcnn, resnet18], stages: [-2, -1]}", "hierarchical models cannot"),
        ("model={joint: [customcnn, resnet18], base: resnet50-hierarchical}", "cannot be joint"),
        ("model={joint: [customcnn, resnet18], map_projected: false}", "needs map_projected"),
        ("model={joint: customcnn}", "joint is a list of backbones, such as"),
        ("model={joint: {a b: resnet18, c: resnet18}}", "should match pattern"),
        ("model={joint: {a: {backbone: resnet18, pooling: tensorflow}, b: resnet18}}", "only"),
        ("model={backbone: joint}", "backbone joint goes with joint"),
        ("loss.mutual=1", "between the branches of a joint model, and this one has a single"),
    ],
)
def test_what_does_not_fit_together_is_refused(setting: str, message: str) -> None:
    with pytest.raises(RecipeError, match=message):
        load_recipe("default", (setting,))
