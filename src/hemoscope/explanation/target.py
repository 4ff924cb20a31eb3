"""What is to be explained: the score of a class, or how far it lies above another class."""

from collections.abc import Sequence
from dataclasses import dataclass
from difflib import get_close_matches

import numpy as np
from numpy.typing import ArrayLike, NDArray
from scipy.special import expit, softmax

from hemoscope.explanation.errors import UnknownTargetError

PREDICTED = "predicted"
RUNNER_UP = "runner-up"


@dataclass(frozen=True, eq=False)
class Target:
    """One question for each of n cells: why this class (and not that one)?

    Attributes:
        wanted: (n,) index of the class whose logit is explained.
        against: (n,) index of the class that is subtracted from it, or None for no contrast.
    """

    wanted: NDArray[np.intp]
    against: NDArray[np.intp] | None = None

    def __len__(self) -> int:
        return len(self.wanted)

    def take(self, rows: ArrayLike) -> "Target":
        """The questions of the given cells."""
        chosen = np.asarray(rows)
        against = None if self.against is None else self.against[chosen]
        return Target(self.wanted[chosen], against)

    def chances(self, logits: NDArray[np.floating]) -> NDArray[np.float64]:
        """How sure the model is of the answer, in [0, 1].

        Args:
            logits: (n, C).

        Returns:
            (n,) the probability of the class; in a contrast, its probability among the two.
        """
        rows, scores = np.arange(len(self)), np.asarray(logits, dtype=np.float64)
        if self.against is None:
            return softmax(scores, axis=1)[rows, self.wanted]
        return expit(scores[rows, self.wanted] - scores[rows, self.against])


def choose_target(
    logits: NDArray[np.floating],
    classes: Sequence[str],
    wanted: str = PREDICTED,
    against: str | None = None,
) -> Target:
    """The question that a user put, for each cell.

    Args:
        logits: (n, C) what the model said.
        classes: The C class names.
        wanted: A class, or "predicted": what each cell was called.
        against: A class, "runner-up" (the most probable class but the wanted one), or None.

    Raises:
        UnknownTargetError: There is no such class, or a class would be set against itself.
    """
    scores = np.asarray(logits)
    rows = np.arange(len(scores))
    if wanted == PREDICTED:
        asked = scores.argmax(axis=1)
    else:
        asked = np.full(len(scores), class_index(wanted, classes))
    if against is None:
        return Target(asked)
    if against == RUNNER_UP:
        others = scores.astype(np.float64).copy()
        others[rows, asked] = -np.inf
        return Target(asked, others.argmax(axis=1))
    other = class_index(against, classes)
    if (asked == other).any():
        raise UnknownTargetError(
            f"cell {int((asked == other).argmax()) + 1} would have {against!r} set against "
            f"itself. Name another class, or set it against {RUNNER_UP!r}."
        )
    return Target(asked, np.full(len(scores), other))


def class_index(name: str, classes: Sequence[str]) -> int:
    """Where a class stands among the logits.

    Raises:
        UnknownTargetError: The model has no such class.
    """
    if name in classes:
        return list(classes).index(name)
    near = get_close_matches(name, classes, n=1)
    hint = f" Did you mean {near[0]!r}?" if near else ""
    raise UnknownTargetError(
        f"the model has no class {name!r}; it knows {', '.join(classes)}.{hint}"
    )
