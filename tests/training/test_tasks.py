"""Several heads: each loss only where its label exists."""

import numpy as np
import pandas as pd
import pytest
import torch
from pydantic import ValidationError
from torch.nn import functional as F  # noqa: N812

from hemoscope.cells import CellTable
from hemoscope.training.cells import prepare_cells
from hemoscope.training.errors import TrainingError
from hemoscope.training.recipe import Loss, Recipe
from hemoscope.training.tasks import TaskError, class_targets, prepare_tasks
from hemoscope.training.tasks_loss import HeadLosses, masked_loss, task_weights
from hemoscope.training.tasks_plan import TaskPlan


def table(**columns: list[str]) -> CellTable:
    count = len(next(iter(columns.values())))
    frame = pd.DataFrame({"path": [f"{i}.png" for i in range(count)], **columns}, dtype=object)
    return CellTable(frame, root=None)  # type: ignore[arg-type]


@pytest.mark.parametrize("weighted", [False, True])
@pytest.mark.parametrize("smoothing", [0.0, 0.1])
def test_the_masked_loss_is_torchs_own_with_an_ignored_index(weighted, smoothing) -> None:
    torch.manual_seed(0)
    logits, targets = torch.randn(40, 5), torch.randint(-1, 5, (40,))
    weights = torch.rand(5) + 0.5 if weighted else None
    ours = masked_loss(logits, targets, Loss(label_smoothing=smoothing), weights)
    if smoothing == 0 or not weighted:  # torch divides smoothed and weighted losses as we do not
        theirs = F.cross_entropy(
            logits, targets, weight=weights, ignore_index=-1, label_smoothing=smoothing
        )
        torch.testing.assert_close(ours, theirs)
    chosen = targets >= 0
    alone = masked_loss(logits[chosen], targets[chosen], Loss(label_smoothing=smoothing), weights)
    torch.testing.assert_close(ours, alone)


def test_a_cell_without_a_label_gives_no_gradient_to_that_head_alone() -> None:
    recipe = Recipe(tasks={"a": TaskPlan(column="a", weight=0.5), "b": TaskPlan(column="b")})
    logits = {name: torch.randn(4, 3, requires_grad=True) for name in ("class", "a", "b")}
    targets = {
        "class": torch.tensor([0, 1, -1, 2]),
        "a": torch.tensor([-1, 1, 0, 2]),
        "b": torch.tensor([-1, -1, -1, -1]),
    }
    losses = HeadLosses(recipe, {})
    each = losses([logits], targets)
    total = losses.total(each)
    total.backward()
    for name, given in logits.items():
        silent = given.grad.abs().sum(1) == 0
        assert silent.tolist() == (targets[name] == -1).tolist()
    expected = F.cross_entropy(logits["class"][[0, 1, 3]], torch.tensor([0, 1, 2]))
    expected = expected + 0.5 * F.cross_entropy(logits["a"][1:], torch.tensor([1, 0, 2]))
    torch.testing.assert_close(total, expected)
    assert each["b"] == 0


def test_balanced_answers_weigh_the_same_in_sum_over_the_known_cells() -> None:
    recipe = Recipe(tasks={"a": TaskPlan(column="a", balanced=True), "b": TaskPlan(column="b")})
    targets = {"a": np.array([0, 0, 0, 1, -1, -1]), "b": np.array([0, 1, 0, 1, 0, 1])}
    weights = task_weights(recipe, targets, {"a": 2, "b": 2})
    assert set(weights) == {"a"}
    torch.testing.assert_close(weights["a"] * torch.tensor([3.0, 1.0]), torch.tensor([2.0, 2.0]))


def test_blank_cells_of_a_column_are_targets_that_nobody_knows() -> None:
    cells = table(shape=["round", "", "band", "round", "band"])
    tasks = prepare_tasks(
        cells,
        {"s": TaskPlan(column="shape")},
        ("x", "y"),
        (np.array([0, 1, 2]), np.array([3, 4])),
    )
    assert tasks.heads["s"].answers == ("band", "round")
    assert tasks.train["s"].tolist() == [1, -1, 0]
    assert tasks.validation["s"].tolist() == [1, 0]
    assert class_targets(np.array(["y", "", "x"], dtype=object), ("x", "y")).tolist() == [1, -1, 0]


@pytest.mark.parametrize(
    ("plan", "column", "message"),
    [
        (TaskPlan(column="shape"), ["a", "a", "", "a"], "1 different answers"),
        (TaskPlan(column="shape"), ["a", "b", "a", "c"], "c in column 'shape' is none"),
        (TaskPlan(column="shape", sums={"a": ("x",), "b": ("z",)}), ["a", "b", "a", "b"], "y, z"),
        (
            TaskPlan(column="shape", sums={"a": ("x", "y"), "b": ("x",)}),
            ["a", "b", "a", "b"],
            "not so for x",
        ),
        (
            TaskPlan(column="shape", balanced=True, sums={"a": ("x",), "b": ("y",)}),
            ["a", "a", "", "b"],
            r"task s: no training cell is b in column 'shape'.*leave balanced out, or split again",
        ),
    ],
)
def test_a_task_that_the_cells_cannot_teach_is_refused(plan, column, message) -> None:
    rows = (np.array([0, 1, 2]), np.array([3]))
    with pytest.raises(TaskError, match=message):
        prepare_tasks(table(shape=column), {"s": plan}, ("x", "y"), rows)


@pytest.mark.parametrize(
    "name", ["class", "a b", "a.b", "../a", "features", "in_words", "accuracy", "accuracy_a"]
)
def test_a_task_has_a_name_that_can_be_a_file_name(name) -> None:
    with pytest.raises(ValidationError, match=r"task is named|main head|something else"):
        Recipe(tasks={name: TaskPlan(column="a")})


def test_validation_has_to_know_some_classes() -> None:
    cells = table(label=["x", "y", "", ""], split=["train", "train", "val", "val"])
    with pytest.raises(TrainingError, match="no validation cell has a label"):
        prepare_cells(cells, np.zeros((4, 1)), np.arange(4), Recipe())  # type: ignore[arg-type]
