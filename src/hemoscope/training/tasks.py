"""The further tasks of a run: which answers there are, and which cell has which."""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from hemoscope.cells import CellTable
from hemoscope.errors import HemoscopeError
from hemoscope.models.heads_config import HeadConfig
from hemoscope.training.tasks_plan import TaskPlan

NO_LABEL = -1
"""The target of a cell whose answer nobody knows; it has no loss and no gradient."""

Targets = Mapping[str, NDArray[np.intp]]


class TaskError(HemoscopeError):
    """A task that these cells cannot teach."""


@dataclass(frozen=True)
class PreparedTasks:
    """Tasks that are ready for training.

    Attributes:
        heads: Task name to its head, as the model is built with.
        train: Task name to the (n,) answer of each training cell, or `NO_LABEL`.
        validation: The same of the validation cells.
    """

    heads: Mapping[str, HeadConfig]
    train: Targets
    validation: Targets


def prepare_tasks(
    table: CellTable,
    plans: Mapping[str, TaskPlan],
    classes: tuple[str, ...],
    rows: tuple[NDArray[np.intp], NDArray[np.intp]],
) -> PreparedTasks:
    """Reads the answers of every task from its column.

    Args:
        table: All cells.
        plans: The recipe's tasks.
        classes: Of the main head.
        rows: The training and the validation cells, as rows of the table.

    Raises:
        HemoscopeError: No such column, fewer than two answers among the training cells, an answer
            that stands only in validation, sets that do not cover the classes, or a balanced task
            with an answer that no training cell has.
    """
    heads: dict[str, HeadConfig] = {}
    train: dict[str, NDArray[np.intp]] = {}
    validation: dict[str, NDArray[np.intp]] = {}
    for name, plan in plans.items():
        column = table.answers(plan.column)
        learned, chosen = (column[part] for part in rows)
        heads[name] = _head(name, plan, classes, learned)
        train[name] = _targets(name, heads[name], learned)
        if plan.balanced:
            _check_balance(name, heads[name], train[name])
        validation[name] = _targets(name, heads[name], chosen)
    return PreparedTasks(heads, train, validation)


def class_targets(labels: NDArray[np.object_], classes: tuple[str, ...]) -> NDArray[np.intp]:
    """(n,) place of each label among the classes; `NO_LABEL` for a blank one."""
    index = {name: place for place, name in enumerate(classes)} | {"": NO_LABEL}
    return np.array([index[name] for name in labels], dtype=np.intp)


def _head(
    name: str, plan: TaskPlan, classes: tuple[str, ...], answers: NDArray[np.object_]
) -> HeadConfig:
    if plan.sums:
        members = _members(name, plan, classes)
        return HeadConfig(column=plan.column, answers=tuple(plan.sums), members=members)
    found = tuple(sorted(set(answers) - {""}))
    if len(found) < 2:
        raise TaskError(
            f"task {name}: the training cells have {len(found)} different answers in column "
            f"{plan.column!r}; at least two are needed."
        )
    return HeadConfig(column=plan.column, answers=found)


def _members(name: str, plan: TaskPlan, classes: tuple[str, ...]) -> tuple[tuple[int, ...], ...]:
    named = [member for part in plan.sums.values() for member in part]
    wrong = sorted(set(named) ^ set(classes)) or [m for m in named if named.count(m) > 1]
    if wrong:
        raise TaskError(
            f"task {name}: its sums must name every class once, and nothing else; it is not so "
            f"for {', '.join(dict.fromkeys(wrong))}. The classes are {', '.join(classes)}."
        )
    return tuple(tuple(classes.index(member) for member in part) for part in plan.sums.values())


def _targets(name: str, head: HeadConfig, answers: NDArray[np.object_]) -> NDArray[np.intp]:
    unknown = sorted(set(answers) - set(head.answers) - {""})
    if unknown:
        raise TaskError(
            f"task {name}: {', '.join(unknown)} in column {head.column!r} is none of the answers "
            f"that training knows ({', '.join(head.answers)}). Mend the column, or split again."
        )
    return class_targets(answers, head.answers)


def _check_balance(name: str, head: HeadConfig, targets: NDArray[np.intp]) -> None:
    """Answers weigh inversely to their share, and one without a cell has none."""
    absent = [each for place, each in enumerate(head.answers) if place not in targets]
    if absent:
        raise TaskError(
            f"task {name}: no training cell is {', '.join(absent)} in column {head.column!r}, and "
            "its answers are to be balanced; leave balanced out, or split again."
        )
