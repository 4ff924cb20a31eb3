"""Recipes: what ships loads, what is written reads back, and mistakes are named."""

import re
from pathlib import Path

import pytest
from pydantic import BaseModel

from hemoscope.errors import UsageError
from hemoscope.models.config import ModelConfig
from hemoscope.models.zoo import ZOO
from hemoscope.training.recipe import Recipe
from hemoscope.training.recipe_files import RecipeError, dump_recipe, load_recipe, shipped_recipes
from hemoscope.training.start import StartError


@pytest.mark.parametrize("name", shipped_recipes())
def test_a_shipped_recipe_survives_the_way_through_its_run_folder(name, tmp_path):
    recipe = load_recipe(name)
    written = tmp_path / "recipe.yaml"
    written.write_text(dump_recipe(recipe))
    assert load_recipe(str(written)) == recipe


def test_every_default_is_written_out():
    shown = dump_recipe(Recipe())
    for field in Recipe.model_fields:
        assert f"\n{field}:" in f"\n{shown}"


@pytest.mark.parametrize("backbone", ["customcnn", "resnet50", "efficientnet_b3", "inception_v3"])
def test_the_paper_recipes_follow_the_paper(backbone):
    recipe = load_recipe(f"paper-{backbone}")
    assert recipe.model == ZOO[f"{backbone}-table2"]
    assert (recipe.epochs, recipe.batch_size, recipe.seed) == (30, 32, 42)
    assert recipe.data.split_column == "paper_split"
    assert recipe.augmentation.flips
    assert recipe.augmentation.rotation == 0.4
    assert recipe.keep == "last"  # its validation cells are its test cells: nothing is chosen


def test_settings_reach_nested_fields_and_read_exponents_as_numbers():
    recipe = load_recipe("default", ("optimiser.head=1e-5", "loss.kind=focal", "ema_decay=null"))
    assert recipe.optimiser.head == 1e-5
    assert recipe.loss.kind == "focal"
    assert recipe.ema_decay is None


def test_a_field_of_the_model_is_set_on_top_of_the_named_one():
    recipe = load_recipe("default", ("model.image_size=96", "model.encoder.blocks=4"))
    named = ZOO["inception_v3-text"]
    assert (recipe.model.image_size, recipe.model.encoder.blocks) == (96, 4)
    assert recipe.model.encoder.key_width == named.encoder.key_width
    assert recipe.model.fusion == named.fusion


@pytest.mark.parametrize(
    ("text", "settings"),
    [
        ("epochs: 3", ("model.image_size=160",)),
        ("model: {image_size: 160}", ()),
        ("model: {base: inception_v3-text}", ("model.image_size=160",)),
    ],
)
def test_changes_without_a_base_are_of_the_default_model(text, settings, tmp_path):
    file = tmp_path / "own.yaml"
    file.write_text(text)
    changed = ZOO["inception_v3-text"].model_copy(update={"image_size": 160})
    assert load_recipe(str(file), settings).model == changed


def test_a_backbone_alone_is_a_model_of_its_own_and_beside_a_base_a_change():
    alone = load_recipe("default", ("model={backbone: resnet18}",)).model
    assert alone == ModelConfig(backbone="resnet18")
    beside = load_recipe("default", ("model={base: resnet50-text, backbone: resnet18}",)).model
    assert beside == ZOO["resnet50-text"].model_copy(update={"backbone": "resnet18"})


@pytest.mark.parametrize(
    ("setting", "message"),
    [
        ("epoch=3", "there is no field 'epoch'"),
        ("epochs=0", "epochs: Input should be greater than or equal to 1"),
        ("epochs", "write it as FIELD=VALUE"),
        ("loss.kind=hinge", "loss.kind"),
        ("epochs.x=1", "'epochs' holds a single value"),
        ("freezing.unfreezing={-1: none}", "freezing.unfreezing.-1"),
        ("sizes={-2: 96}", "sizes.-2"),
        ("calming={-3: 0.5}", "calming.-3"),
        ("loss=[", "is not a valid value"),
        ("model={base: [", "is not a valid value"),
        ("seed=2026-13-01", "is not a valid value"),
    ],
)
def test_a_mistake_in_a_setting_is_named(setting, message):
    with pytest.raises(RecipeError, match=message):
        load_recipe("default", ("epochs=3", setting))


@pytest.mark.parametrize(
    ("setting", "weights"),
    [
        ("cells #2/w.safetensors", "cells #2/w.safetensors"),
        (" '#2 #3' ", "#2 #3"),
        ("none", "none"),
    ],
)
def test_a_path_with_a_hash_is_taken_whole(setting, weights):
    assert load_recipe("default", (f"weights={setting}",)).weights == weights


@pytest.mark.parametrize("model", ["{base: 5}", "{base: [a]}", "{joint: [a, b], base: 5}"])
def test_a_base_that_is_no_name_is_no_model_of_the_zoo(model):
    with pytest.raises(UsageError, match="There is no model called"):
        load_recipe("default", (f"model={model}",))


def test_a_run_to_start_from_that_is_no_name_is_said_to_be_none(tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    file = tmp_path / "own.yaml"
    file.write_text("start_from: 5")
    with pytest.raises(StartError, match="5 has no model to start from"):
        load_recipe(str(file))


def test_an_unknown_recipe_is_answered_with_those_there_are():
    with pytest.raises(RecipeError, match=r"no recipe 'papr'.*paper-inception_v3"):
        load_recipe("papr")


@pytest.mark.parametrize(
    ("text", "message"),
    [("a: [", "not valid YAML"), ("a: 2026-13-01", "not valid YAML"), ("- 1", "a mapping")],
)
def test_a_file_that_is_no_recipe_is_said_to_be_none(text, message, tmp_path: Path):
    file = tmp_path / "own.yaml"
    file.write_text(text)
    with pytest.raises(RecipeError, match=message):
        load_recipe(str(file))


def test_every_option_is_explained_and_no_other():
    docs = (Path(__file__).parents[2] / "docs" / "training.md").read_text(encoding="utf-8")
    explained = re.findall(r"^\| `([a-z_.]+)` \|", docs.partition("### Every option")[2], re.M)
    rows = explained[: explained.index("seed") + 1]
    assert rows == list(_options())


def _options():
    for name, value in Recipe():
        if name == "model" or not isinstance(value, BaseModel):
            yield name
        else:
            yield from (f"{name}.{inner}" for inner in type(value).model_fields)
