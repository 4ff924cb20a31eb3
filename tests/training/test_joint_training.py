"""Training a joint model: what a step minimises, what the history tells, and interruptions."""

import numpy as np
import pandas as pd
import pytest
import torch
from lightning.pytorch import Callback
from safetensors.torch import load_file
from scipy.special import rel_entr, softmax
from torch.nn import functional as F  # noqa: N812

from hemoscope.cells import open_cells
from hemoscope.inference import load_scorer, predict_cells
from hemoscope.models.config import with_changes
from hemoscope.models.joint import JointClassifier
from hemoscope.models.joint_build import build_classifier
from hemoscope.models.store import load_classifier
from hemoscope.training.augmentation import to_unit_range
from hemoscope.training.data import Batch
from hemoscope.training.machine import Machine
from hemoscope.training.module import TrainingModule
from hemoscope.training.mutual import mutual_loss
from hemoscope.training.recipe import Recipe
from hemoscope.training.recipe_files import load_recipe
from hemoscope.training.session import Session
from hemoscope.training.tasks_plan import TaskPlan
from hemoscope.training.train import train_model

CPU = Machine(accelerator="cpu", devices="1")
TIMES = ["seconds", "images_per_second"]
JOINT = (
    "model={joint: {left: customcnn, right: customcnn, other: mobilenetv3_small_050}}",
    "model.image_size=64",
    "model.width=16",
    "weights=none",
    "batch_size=16",
    "epochs=2",
    "precision=float32",
)


@pytest.fixture
def joint() -> Recipe:
    return load_recipe("default", (*JOINT, "loss.mutual=0.5"))


def _module(recipe: Recipe) -> TrainingModule:
    torch.manual_seed(0)
    return TrainingModule(build_classifier(recipe.model, 8, "none"), recipe)


def _batch() -> Batch:
    pixels = np.random.default_rng(0).integers(0, 256, (6, 64, 64, 3), dtype=np.uint8)
    return {"pixels": torch.from_numpy(pixels), "targets": torch.arange(6), "tasks": {}}


def test_mutual_learning_is_the_mean_divergence_from_the_others() -> None:
    torch.manual_seed(0)
    logits = [torch.randn(10, 4) * 2 for _ in range(3)]
    p = [softmax(each.double().numpy(), axis=1) for each in logits]
    of_branch = [
        sum(rel_entr(p[i], p[k]).sum(axis=1).mean() for i in range(3) if i != k) / 2
        for k in range(3)
    ]
    assert float(mutual_loss(logits)) == pytest.approx(np.mean(of_branch), rel=1e-5)
    assert float(mutual_loss([logits[0]] * 2)) == pytest.approx(0, abs=1e-6)


def test_both_sides_are_pulled_and_targets_are_fixed() -> None:
    first, second = (torch.randn(5, 4).requires_grad_() for _ in range(2))
    mutual_loss([first, second]).backward()
    p, q = (each.detach().softmax(1) for each in (first, second))
    # The gradient of KL(target ‖ softmax(x)) in x is softmax(x) − target, here over two branches.
    torch.testing.assert_close(first.grad, (p - q) / 5 / 2)
    torch.testing.assert_close(second.grad, (q - p) / 5 / 2)


def test_a_step_minimises_the_mean_over_branches_and_what_they_tell_each_other(joint) -> None:
    module = _module(joint)
    assert isinstance(module.model, JointClassifier)
    said: list[torch.Tensor] = []
    module.model.head.register_forward_hook(lambda _m, _given, logits: said.append(logits))
    loss = module.training_step(_batch(), 0)
    labels = sum(F.cross_entropy(each, _batch()["targets"]) for each in said) / 3
    torch.testing.assert_close(loss, labels + 0.5 * mutual_loss(said))


def test_validation_figures_are_of_the_mean_and_of_every_branch(joint) -> None:
    module = _module(joint).eval()
    with torch.no_grad():
        module.validation_step(_batch(), 0)
        images = to_unit_range(_batch()["pixels"])
        each = {name: branch(images) for name, branch in module.model.branches.items()}
    targets = _batch()["targets"]
    losses = [F.cross_entropy(logits, targets) for logits in each.values()]
    torch.testing.assert_close(module.figures["val_loss"].compute(), sum(losses) / 3)
    each[""] = module.model(images)
    for name, logits in each.items():
        right = (logits.argmax(1) == targets).float().mean()
        figure = f"val_accuracy_{name}" if name else "val_accuracy"
        torch.testing.assert_close(module.figures[figure].compute(), right)


def test_tasks_are_learned_by_every_branch_beside_the_class(joint) -> None:
    config = with_changes(
        joint.model, {"tasks": {"size": {"column": "size", "answers": ["a", "b"]}}}
    )
    plans = {"size": TaskPlan(column="size", weight=0.3)}
    module = _module(joint.model_copy(update={"model": config, "tasks": plans}))
    said: dict[str, list[torch.Tensor]] = {"class": [], "size": []}
    heads = {"class": module.model.head, "size": module.model.heads.layers["task_size"]}
    for name, head in heads.items():
        head.register_forward_hook(lambda _m, _g, logits, name=name: said[name].append(logits))
    batch = _batch()
    batch["tasks"] = {"size": torch.tensor([0, 1, -1, 1, -1, 0])}
    loss = module.training_step(batch, 0)
    labels = sum(F.cross_entropy(each, batch["targets"]) for each in said["class"]) / 3
    target = batch["tasks"]["size"]
    sizes = torch.stack([F.cross_entropy(each, target, ignore_index=-1) for each in said["size"]])
    expected = labels + 0.5 * mutual_loss(said["class"]) + 0.3 * sizes.mean()
    torch.testing.assert_close(loss, expected)
    figures = module.figures
    torch.testing.assert_close(figures["train_size_loss"].compute(), sizes.mean().detach())
    right = torch.stack(said["size"]).mean(dim=0).argmax(dim=1) == target
    expected = right[target >= 0].float().mean()
    torch.testing.assert_close(figures["train_size_accuracy"].compute(), expected)
    assert figures.further[:4] == (
        *("train_size_loss", "train_size_accuracy", "val_size_loss", "val_size_accuracy"),
    )


@pytest.mark.slow
def test_a_run_tells_of_every_branch_and_scores_by_any_of_them(cells, joint, tmp_path) -> None:
    run = tmp_path / "run"
    session = Session.started(str(cells), joint, run)
    session.train(CPU)
    history = pd.read_csv(run / "history.csv")
    branches = ("left", "right", "other")
    own = [f"{stage}_accuracy_{name}" for name in branches for stage in ("train", "val")]
    assert list(history)[-6:] == own
    kept = session.outcome()["kept_epoch"]
    table = open_cells(cells, split_column="split", use="val")
    for branch in (None, *branches):
        predictions = predict_cells(table, load_scorer(run, branch=branch)).predictions
        column = "val_accuracy" if branch is None else f"val_accuracy_{branch}"
        said = float(history.set_index("epoch").loc[kept, column])
        assert (predictions.predicted == predictions.truth()).mean() == pytest.approx(said)
        if branch is not None:
            assert session.outcome()[column] == pytest.approx(said)


@pytest.mark.slow
def test_an_interrupted_joint_training_goes_on_as_if_nothing_had_happened(cells, joint, tmp_path):
    class Interruption(Callback):
        def on_train_epoch_start(self, trainer, pl_module):
            if trainer.current_epoch == 1:
                raise RuntimeError("the power went")

    whole, broken = tmp_path / "whole", tmp_path / "broken"
    Session.started(str(cells), joint, whole).train(CPU)
    session = Session.started(str(cells), joint, broken)
    with pytest.raises(RuntimeError, match="the power went"):
        train_model(
            session.cells, joint, session.run, machine=CPU, extra_callbacks=(Interruption(),)
        )
    Session.resumed(str(cells), broken).train(CPU)
    histories = [pd.read_csv(run / "history.csv").drop(columns=TIMES) for run in (broken, whole)]
    pd.testing.assert_frame_equal(*histories)
    kept, expected = (load_file(run / "model.safetensors") for run in (broken, whole))
    assert kept.keys() == expected.keys()
    assert all(kept[name].equal(expected[name]) for name in expected)


@pytest.mark.slow
def test_a_joint_model_can_learn_from_a_teacher_and_be_one(cells, joint, tmp_path) -> None:
    teacher = tmp_path / "teacher"
    recipe = joint.model_copy(update={"epochs": 1})
    Session.started(str(cells), recipe, teacher).train(CPU)
    how = recipe.distillation.model_copy(update={"teacher": str(teacher)})
    taught = recipe.model_copy(update={"distillation": how})
    Session.started(str(cells), taught, tmp_path / "student").train(CPU)
    models = [load_classifier(tmp_path / r / "model.safetensors") for r in ("teacher", "student")]
    assert models[0].model.state_dict().keys() == models[1].model.state_dict().keys()
    assert not torch.equal(models[0].model.head[-1].weight, models[1].model.head[-1].weight)
