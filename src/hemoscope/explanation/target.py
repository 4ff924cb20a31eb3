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
TRUTH = "truth"


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
    labels: Sequence[str] | None = None,
) -> Target:
    """The question that a user put, for each cell.

    Args:
        logits: (n, C) what the model said.
        classes: The C class names.
        wanted: A class, or "predicted": what each cell was called.
        against: A class, "runner-up" (the most probable class but the wanted one), "truth" (the
            label of each cell), or None.
        labels: n class names, for "truth".

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
    other = _named(against, classes, labels, len(scores))
    _refuse_self_contrast(asked, other, classes)
    return Target(asked, other)


def _named(
    name: str, classes: Sequence[str], labels: Sequence[str] | None, count: int
) -> NDArray[np.intp]:
    """(n,) the class of that name for every cell, or the true class of each."""
    if name != TRUTH:
        return np.full(count, class_index(name, classes), dtype=np.intp)
    if labels is None:
        raise UnknownTargetError(
            "not every one of these cells has a label that the model knows, so there is no truth "
            f"to set its call against. Name a class, or {RUNNER_UP!r}."
        )
    return np.array([class_index(label, classes) for label in labels], dtype=np.intp)


def _refuse_self_contrast(
    asked: NDArray[np.intp], other: NDArray[np.intp], classes: Sequence[str]
) -> None:
    same = asked == other
    if same.any():
        row = int(same.argmax())
        raise UnknownTargetError(
            f"cell {row + 1} of {len(asked)} would have {classes[asked[row]]!r} set against "
            f"itself. Choose another class with --target, or --against {RUNNER_UP}."
        )


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
