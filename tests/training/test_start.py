"""`--from`: exactly backbone, token embedding, encoder and fusion are taken."""

import hashlib
import json

import pytest
import torch

from hemoscope.cells import open_cells, write_manifest
from hemoscope.models.build import build_model
from hemoscope.models.config import with_changes
from hemoscope.models.heads_config import HeadConfig
from hemoscope.models.joint_build import build_classifier
from hemoscope.models.joint_config import joint_config
from hemoscope.models.store import load_classifier, load_model, save_model
from hemoscope.training.machine import Machine
from hemoscope.training.recipe_files import load_recipe
from hemoscope.training.session import Session
from hemoscope.training.start import StartError, start_from

from .conftest import TINY


@pytest.fixture
def source(tiny, tmp_path):
    """A run folder's model of three classes with a task of its own."""
    run = tmp_path / "normal"
    run.mkdir()
    task = HeadConfig(column="shape", answers=("a", "b"))
    torch.manual_seed(1)
    model = build_model(with_changes(tiny.model, {"tasks": {"shape": task}}), 3, "none")
    save_model(model, ("x", "y", "z"), run / "model.safetensors")
    return run


def test_all_but_the_heads_is_taken(source, tiny) -> None:
    torch.manual_seed(2)
    model = build_model(tiny.model, 5, "none")
    before = {name: tensor.clone() for name, tensor in model.state_dict().items()}
    taken = start_from(model, source)
    given = load_model(source / "model.safetensors").model.state_dict()
    for name, tensor in model.state_dict().items():
        if name.startswith("head."):
            assert tensor.equal(before[name])
        else:
            assert tensor.equal(given[name])
    assert set(taken.new) == {n for n in before if n.startswith("head.")}
    assert set(taken.taken) == {"backbone", "tokens", "encoder", "fusion"}
    assert all(got == whole for got, whole in taken.taken.values())
    assert taken.classes == ("x", "y", "z")
    content = (source / "model.safetensors").read_bytes()
    assert taken.digest == hashlib.sha256(content).hexdigest()
    assert "taken backbone, tokens, encoder, fusion; new head" in taken.in_words()


def test_a_block_of_other_heads_is_new_though_its_tensors_have_the_same_shapes(source, tiny):
    own = tiny.model.encoder
    other = {"heads": own.heads // 2, "key_width": own.key_width * 2}
    model = build_model(with_changes(tiny.model, {"encoder": other}), 3, "none")
    given = load_model(source / "model.safetensors").model.state_dict()
    shapes = {name: tensor.shape for name, tensor in model.state_dict().items()}
    assert all(given[name].shape == shapes[name] for name in shapes if name.startswith("encoder."))
    taken = start_from(model, source)
    assert taken.taken["encoder"][0] == 0
    assert taken.taken["backbone"][0] == taken.taken["backbone"][1]


def test_what_does_not_fit_is_new_and_said(source, tiny) -> None:
    model = build_model(with_changes(tiny.model, {"encoder": {"blocks": 3}}), 2, "none")
    taken = start_from(model, source)
    got, whole = taken.taken["encoder"]
    assert 0 < got < whole
    assert f"{got} of {whole} tensors of the encoder" in taken.in_words()
    assert {name for name in taken.new if name.startswith("encoder")} == {
        name for name in model.state_dict() if name.startswith("encoder.blocks.2.")
    }


def test_another_backbone_is_refused(source, tiny) -> None:
    model = build_model(
        with_changes(tiny.model, {"backbone": "resnet18", "image_size": 96}), 2, "none"
    )
    with pytest.raises(StartError, match=r"customcnn\) does not fit the recipe's \(resnet18"):
        start_from(model, source)


def test_a_model_that_would_see_other_values_is_refused(source, tiny) -> None:
    changes = {"normalisation": {"mean": [0.5] * 3, "std": [0.25] * 3}}
    model = build_model(with_changes(tiny.model, changes), 2, "none")
    with pytest.raises(
        StartError,
        match=r"the model of .* with normalisation \{mean: \[0.0, 0.0, 0.0\], std: .*recipe's has "
        r"\{mean: \[0.5, 0.5, 0.5\].*Write normalisation: \{mean: \[0.0, .* or leave model: out",
    ):
        start_from(model, source)


def test_a_branch_that_would_pool_otherwise_is_refused(tmp_path) -> None:
    names = {"left": "customcnn", "right": "inception_v3"}
    fields = {"joint": names, "width": 16, "image_size": 96}
    config, run = joint_config(fields), tmp_path / "joint"
    run.mkdir()
    save_model(build_classifier(config, 3, "none"), ("x", "y", "z"), run / "model.safetensors")
    right = {"backbone": "inception_v3.tf_in1k", "pooling": "timm"}
    other = joint_config({**fields, "joint": {**names, "right": right}})
    with pytest.raises(
        StartError,
        match=r"the branch right of .* with pooling tensorflow, and the recipe's has timm.*Write "
        r"pooling: tensorflow in the recipe's model for that branch",
    ):
        start_from(build_classifier(other, 3, "none"), run)


def test_there_has_to_be_a_model(tmp_path) -> None:
    with pytest.raises(StartError, match="no model to start from"):
        load_recipe("default", start_from=str(tmp_path))


def test_the_recipe_gets_the_models_configuration_and_settings_change_it(source, tiny) -> None:
    recipe = load_recipe("default", ("model.framing=cell",), start_from=str(source))
    assert recipe.model == with_changes(
        load_model(source / "model.safetensors").model.config, {"framing": "cell", "tasks": {}}
    )
    assert recipe.start_from == str(source)


@pytest.mark.slow
def test_a_training_starts_from_a_run_with_other_classes_and_tasks(cells, source, tmp_path):
    table = open_cells(cells)
    coarse = ["granulocyte" if "phil" in name else "other" for name in table.labels]
    answers = [name if i % 3 else "" for i, name in enumerate(table.labels)]
    manifest = tmp_path / "coarse.csv"
    table = table.with_column("label", coarse).with_column("fine", answers)
    write_manifest(table.with_column("ill", coarse), manifest)
    settings = (
        *TINY[1:],
        "epochs=2",
        "tasks={fine: {column: fine, balanced: true}, "
        "ill: {column: ill, sums: {granulocyte: [granulocyte], other: [other]}}}",
    )
    recipe = load_recipe("default", settings, start_from=str(source))
    session = Session.started(str(manifest), recipe, tmp_path / "run")
    session.train(Machine(accelerator="cpu", devices="1"))
    provenance = json.loads((tmp_path / "run" / "provenance.json").read_text())
    assert provenance["started_from"]["classes"] == ["x", "y", "z"]
    history = (tmp_path / "run" / "history.csv").read_text().splitlines()
    assert history[0].startswith("epoch,train_loss,train_accuracy,val_loss,val_accuracy")
    assert "val_fine_accuracy" in history[0]
    assert len(history) == 3
    stored = load_model(tmp_path / "run" / "model.safetensors")
    assert stored.classes == ("granulocyte", "other")
    assert len(stored.model.config.tasks["fine"].answers) == 8
    assert stored.model.config.tasks["ill"].members == ((0,), (1,))


def test_a_joint_model_starts_from_a_joint_one_branch_by_branch(tiny, source, tmp_path) -> None:
    fields = {"joint": {"left": "customcnn", "right": "customcnn"}, "width": 16, "image_size": 32}
    config, run = joint_config(fields), tmp_path / "joint"
    run.mkdir()
    torch.manual_seed(1)
    save_model(build_classifier(config, 3, "none"), ("x", "y", "z"), run / "model.safetensors")
    recipe = load_recipe("default", start_from=str(run))
    torch.manual_seed(2)
    model = build_classifier(recipe.model, 5, "none")
    taken = start_from(model, run)
    given = load_classifier(run / "model.safetensors").model.state_dict()
    assert set(taken.new) == {name for name in given if name.startswith("head.")}
    assert all(model.state_dict()[name].equal(given[name]) for name in set(given) - set(taken.new))
    assert "taken backbone, tokens, encoder, fusion; new head" in taken.in_words()
    with pytest.raises(StartError, match=r"customcnn\) does not fit the recipe's \(joint"):
        start_from(model, source)
