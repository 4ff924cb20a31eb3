"""A student and its teacher: the loss, what the teacher sees, and what is left of it (nothing)."""

import json
from pathlib import Path

import numpy as np
import pandas as pd
import pytest
import torch
from lightning.pytorch import Callback
from safetensors.torch import load_file
from scipy.special import rel_entr, softmax
from torch.nn import functional as F  # noqa: N812

from hemoscope.cells import open_cells
from hemoscope.inference.bundle import file_digest
from hemoscope.models.build import build_model
from hemoscope.models.config import ModelConfig, with_changes
from hemoscope.models.store import save_model
from hemoscope.training.augmentation import to_unit_range
from hemoscope.training.data import Batch
from hemoscope.training.distillation import (
    Teacher,
    TeacherError,
    describe_teacher,
    distillation_loss,
    open_teacher,
)
from hemoscope.training.machine import Machine
from hemoscope.training.module import TrainingModule
from hemoscope.training.recipe import Distillation, Recipe
from hemoscope.training.recipe_files import RecipeError, dump_recipe, load_recipe
from hemoscope.training.run_folder import RunFolderError
from hemoscope.training.session import Session
from hemoscope.training.tasks_plan import TaskPlan

from .conftest import TINY

CPU = Machine(accelerator="cpu", devices="1")
TIMES = ["seconds", "images_per_second"]


def _run_of(config: ModelConfig, classes: tuple[str, ...], folder: Path) -> Path:
    """A finished run folder, without the training."""
    torch.manual_seed(1)
    folder.mkdir()
    (folder / "recipe.yaml").write_text(dump_recipe(Recipe(model=config, weights="none")))
    save_model(build_model(config, len(classes), "none"), classes, folder / "model.safetensors")
    return folder


@pytest.fixture
def classes(cells: Path) -> tuple[str, ...]:
    return open_cells(cells).classes


@pytest.fixture
def teacher(tiny: Recipe, classes: tuple[str, ...], tmp_path: Path) -> Path:
    """A run of another size than the student's."""
    return _run_of(with_changes(tiny.model, {"image_size": 48}), classes, tmp_path / "teacher")


def _taught(recipe: Recipe, teacher: Path, **settings: float) -> Recipe:
    return recipe.model_copy(
        update={"distillation": Distillation(teacher=str(teacher), **settings)}
    )


@pytest.mark.parametrize("temperature", [0.5, 1.0, 2.0, 8.0])
def test_the_loss_is_scipys_relative_entropy_and_torchs_kl(temperature: float) -> None:
    torch.manual_seed(0)
    student, teacher = torch.randn(20, 5) * 3, torch.randn(20, 5) * 3
    p, q = (softmax(x.double().numpy() / temperature, axis=1) for x in (teacher, student))
    loss = distillation_loss(student, teacher, temperature)
    assert float(loss) == pytest.approx(
        temperature**2 * rel_entr(p, q).sum(axis=1).mean(), rel=1e-5
    )
    divergence = F.kl_div(
        (student / temperature).log_softmax(1),
        (teacher / temperature).softmax(1),
        reduction="batchmean",
    )
    torch.testing.assert_close(loss, temperature**2 * divergence)


def test_the_step_mixes_both_losses_by_weight(tiny, teacher, classes) -> None:
    recipe = _taught(tiny, teacher, weight=0.3, temperature=4.0)
    module = _module(recipe, classes)
    said = {}
    module.model.normalise.register_forward_hook(lambda _m, given, _: said.update(x=given[0]))
    module.model.head.register_forward_hook(lambda _m, _given, logits: said.update(y=logits))
    loss = module.training_step(_batch(), 0)
    assert module.teacher is not None
    opinion = module.teacher.logits(said["x"])
    labels = F.cross_entropy(said["y"], _batch()["targets"])
    expected = 0.3 * distillation_loss(said["y"], opinion, 4.0) + 0.7 * labels
    torch.testing.assert_close(loss, expected)


def test_a_teacher_speaks_of_the_class_and_leaves_tasks_and_blank_labels(
    tiny, teacher, classes
) -> None:
    tasks = {"size": {"column": "size", "answers": ["a", "b"]}}
    recipe = _taught(tiny, teacher, weight=0.3).model_copy(
        update={
            "model": with_changes(tiny.model, {"tasks": tasks}),
            "tasks": {"size": TaskPlan(column="size", weight=2.0)},
        }
    )
    module = _module(recipe, classes)
    said = {}
    module.model.normalise.register_forward_hook(lambda _m, given, _: said.update(x=given[0]))
    for name, head in (("y", module.model.head), ("z", module.model.heads.layers["task_size"])):
        head.register_forward_hook(lambda _m, _g, logits, name=name: said.update({name: logits}))
    batch = _batch()
    batch["targets"] = torch.tensor([0, -1, 2, 3, -1, 5])
    batch["tasks"] = {"size": torch.tensor([0, 1, -1, -1, 1, 0])}
    loss = module.training_step(batch, 0)
    assert module.teacher is not None
    taught = distillation_loss(said["y"], module.teacher.logits(said["x"]), 2.0)
    labels = F.cross_entropy(said["y"], batch["targets"], ignore_index=-1)
    sizes = F.cross_entropy(said["z"], batch["tasks"]["size"], ignore_index=-1)
    torch.testing.assert_close(loss, 0.3 * taught + 0.7 * labels + 2.0 * sizes)


def test_the_teacher_sees_the_augmented_pixels_at_its_own_size(tiny, teacher, classes) -> None:
    module = _module(_taught(tiny, teacher), classes)
    opened = module.teacher
    assert opened is not None
    seen = {}
    module.model.normalise.register_forward_hook(lambda _m, given, _: seen.update(student=given[0]))
    opened._model.register_forward_hook(lambda _m, given, _l: seen.update(teacher=given[0]))
    module.training_step(_batch(), 0)
    assert seen["teacher"].shape == (6, 3, 48, 48)
    as_it_was = to_unit_range(_batch()["pixels"])
    assert not torch.allclose(seen["student"], as_it_was)  # augmented
    larger = F.interpolate(seen["student"], (48, 48), mode="bilinear", antialias=True)
    torch.testing.assert_close(seen["teacher"], larger)


def test_the_teacher_has_no_gradients_no_dropout_and_is_no_part_of_the_module(
    tiny, teacher, classes
) -> None:
    module = _module(_taught(tiny, teacher), classes)
    alone = TrainingModule(build_model(tiny.model, len(classes), "none"), tiny)
    assert module.state_dict().keys() == alone.state_dict().keys()
    assert len(list(module.parameters())) == len(list(alone.parameters()))
    module.train()
    opened = module.teacher
    assert opened is not None
    images = torch.rand(4, 3, 32, 32)
    assert torch.equal(opened.logits(images), opened.logits(images))
    module.training_step(_batch(), 0).backward()
    assert all(parameter.grad is None for parameter in opened._model.parameters())
    assert not opened.logits(images).requires_grad


def test_validation_figures_are_of_the_labels_alone(tiny, teacher, classes) -> None:
    module = _module(_taught(tiny, teacher), classes).eval()
    with torch.no_grad():
        module.validation_step(_batch(), 0)
        logits = module.model(to_unit_range(_batch()["pixels"]))
    expected = F.cross_entropy(logits, _batch()["targets"])
    torch.testing.assert_close(module.figures["val_loss"].compute(), expected)


def test_a_recipe_without_a_teacher_opens_none(tiny, classes) -> None:
    assert open_teacher(tiny, classes) is None
    assert describe_teacher(tiny, classes) is None


def test_a_teacher_that_is_not_there_or_not_ready_is_refused(cells, tiny, teacher, tmp_path):
    out = tmp_path / "run"
    with pytest.raises(RunFolderError, match=r"no run folder at .*nowhere"):
        Session.started(str(cells), _taught(tiny, tmp_path / "nowhere"), out)
    (teacher / "model.safetensors").unlink()
    with pytest.raises(TeacherError, match=r"has not come to its end, so it cannot teach yet"):
        Session.started(str(cells), _taught(tiny, teacher), out)
    assert not out.exists()


def test_a_teacher_of_other_classes_or_another_framing_is_refused(cells, tiny, classes, tmp_path):
    odd = _run_of(tiny.model, (*classes[:-1], "smudge"), tmp_path / "odd")
    with pytest.raises(TeacherError, match=r"knows other classes.*smudge; here they are.*platelet"):
        Session.started(str(cells), _taught(tiny, odd), tmp_path / "run")
    framed = _run_of(with_changes(tiny.model, {"framing": "cell"}), classes, tmp_path / "framed")
    with pytest.raises(TeacherError, match="with framing cell, the student with framing whole"):
        Session.started(str(cells), _taught(tiny, framed), tmp_path / "run")


def test_a_weight_beyond_one_is_refused() -> None:
    with pytest.raises(RecipeError, match=r"distillation\.weight.*less than or equal to 1"):
        load_recipe("default", (*TINY, "distillation.weight=1.5"))


def test_a_run_is_not_resumed_under_another_teacher(cells, tiny, teacher, classes, tmp_path):
    run = tmp_path / "run"
    session = Session.started(str(cells), _taught(tiny, teacher), run)
    provenance = json.loads(session.run.provenance.read_text())
    digest = file_digest(teacher / "model.safetensors")
    assert provenance["teacher"] == {"run": str(teacher), "model_sha256": digest}
    assert Session.resumed(str(cells), run).recipe == session.recipe
    torch.manual_seed(2)
    other = build_model(tiny.model, len(classes), "none")
    save_model(other, classes, teacher / "model.safetensors")
    with pytest.raises(RunFolderError, match=r"another model in .* as its teacher"):
        Session.resumed(str(cells), run)


def test_a_teacher_is_found_again_from_another_folder(cells, tiny, teacher, tmp_path, monkeypatch):
    monkeypatch.chdir(tmp_path)
    session = Session.started(str(cells), _taught(tiny, Path(teacher.name)), tmp_path / "run")
    assert session.recipe.distillation.teacher == str(teacher)
    assert load_recipe(str(session.run.recipe)) == session.recipe
    (tmp_path / "elsewhere").mkdir()
    monkeypatch.chdir(tmp_path / "elsewhere")
    assert Session.resumed(str(cells), tmp_path / "run").recipe == session.recipe


@pytest.mark.slow
def test_nothing_of_the_teacher_stays_and_it_stays_as_it_was(cells, tiny, teacher, tmp_path):
    before = file_digest(teacher / "model.safetensors")
    weights = load_file(teacher / "model.safetensors")
    kept = {}

    class Keeper(Callback):
        def on_train_epoch_end(self, trainer, pl_module):
            kept["checkpoint"] = trainer._checkpoint_connector.dump_checkpoint()
            kept["teacher"] = pl_module.teacher._model.state_dict()

    session = Session.started(str(cells), _taught(tiny, teacher), tmp_path / "run")
    _train(session, Keeper())
    checkpoint = kept["checkpoint"]
    names = {*checkpoint["state_dict"], *checkpoint["current_model_state"]}
    plain = TrainingModule(build_model(tiny.model, 8, "none"), tiny)
    assert names == plain.state_dict().keys()
    assert all(torch.equal(kept["teacher"][name], weights[name]) for name in weights)
    assert file_digest(teacher / "model.safetensors") == before
    assert load_file(tmp_path / "run" / "model.safetensors").keys() == weights.keys()


@pytest.mark.slow
def test_a_teacher_without_weight_changes_nothing_and_one_with_weight_does(
    cells, tiny, teacher, tmp_path
):
    recipe = tiny.model_copy(update={"epochs": 2})
    runs = {
        "alone": recipe,
        "unheard": _taught(recipe, teacher, weight=0.0),
        "heard": _taught(recipe, teacher, weight=0.5),
    }
    for name, each in runs.items():
        Session.started(str(cells), each, tmp_path / name).train(CPU)
    alone, unheard, heard = (_history(tmp_path / name) for name in runs)
    pd.testing.assert_frame_equal(alone, unheard)
    assert not alone.equals(heard)


@pytest.mark.slow
def test_an_interrupted_lesson_goes_on_as_if_nothing_had_happened(cells, tiny, teacher, tmp_path):
    class Interruption(Callback):
        def on_train_epoch_start(self, trainer, pl_module):
            if trainer.current_epoch == 2:
                raise RuntimeError("the power went")

    recipe = _taught(tiny, teacher)
    whole, broken = tmp_path / "whole", tmp_path / "broken"
    Session.started(str(cells), recipe, whole).train(CPU)
    with pytest.raises(RuntimeError, match="the power went"):
        _train(Session.started(str(cells), recipe, broken), Interruption())
    Session.resumed(str(cells), broken).train(CPU)
    pd.testing.assert_frame_equal(_history(broken), _history(whole))
    kept, expected = (load_file(run / "model.safetensors") for run in (broken, whole))
    assert all(kept[name].equal(expected[name]) for name in expected)


def _train(session: Session, callback: Callback) -> None:
    from hemoscope.training.train import train_model

    train_model(
        session.cells, session.recipe, session.run, machine=CPU, extra_callbacks=(callback,)
    )


def _history(run: Path) -> pd.DataFrame:
    return pd.read_csv(run / "history.csv").drop(columns=TIMES)


def _batch() -> Batch:
    rng = np.random.default_rng(0)
    pixels = rng.integers(0, 256, (6, 32, 32, 3), dtype=np.uint8)
    return {"pixels": torch.from_numpy(pixels), "targets": torch.arange(6) % 8, "tasks": {}}


def _module(recipe: Recipe, classes: tuple[str, ...]) -> TrainingModule:
    torch.manual_seed(0)
    module = TrainingModule(build_model(recipe.model, len(classes), "none"), recipe)
    module.teacher = open_teacher(recipe, classes)
    assert isinstance(module.teacher, Teacher)
    return module
