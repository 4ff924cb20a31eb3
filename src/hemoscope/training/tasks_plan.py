"""What a recipe says of a task beside the class."""

import re

from pydantic import BaseModel, ConfigDict, Field

from hemoscope.models.heads_config import CLASS

_NAME = re.compile(r"[A-Za-z0-9_-]+")
_TAKEN = re.compile(r"features|in_words|accuracy(_.*)?")
"""Of files beside a predictions table, and of columns of the history that speak of branches."""


class TaskPlan(BaseModel):
    """A further question that the model learns to answer."""

    model_config = ConfigDict(frozen=True, extra="forbid")

    column: str = Field(
        description="column of SOURCE that holds the answers; an empty cell: not known"
    )
    weight: float = Field(default=1.0, gt=0, description="of its loss; the class's weighs 1")
    balanced: bool = Field(
        default=False, description="answers weigh inversely to their share of the training cells"
    )
    sums: dict[str, tuple[str, ...]] = Field(
        default={},
        description="answers that are sets of classes, {pathological: [myeloblast], …}: their "
        "probability is the sum over the classes; empty: a head of its own",
    )


def check_names(tasks: dict[str, TaskPlan]) -> dict[str, TaskPlan]:
    """The tasks, if their names can stand in columns and file names.

    Raises:
        ValueError: A name cannot, or is that of the main head or of another file or column.
    """
    for name in tasks:
        if name == CLASS:
            raise ValueError(f"{CLASS!r} is the main head, which is always there")
        if not _NAME.fullmatch(name):
            raise ValueError(f"a task is named by letters, digits, _ and -; {name!r} is not")
        if _TAKEN.fullmatch(name):
            raise ValueError(f"{name!r} is the name of something else; call the task another way")
    return tasks
