"""A scorer that looks at each cell several times, turned and mirrored, and says the mean.

A single look is sometimes sure and wrong; rarely are all of them. So the mean tells better which
cells a person must see. Most cells are clear after two; only the others cost more. (Test-time
augmentation; Wang et al. 2019, "Aleatoric uncertainty estimation with test-time augmentation …".)
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, softmax

from hemoscope.cells import Frame
from hemoscope.inference.scorer import Observation, Scorer
from hemoscope.inference.tasks import CLASS, Answers, Task, answers_of, tasks_of

_ROWS, _COLUMNS = 1, 2

_Turn = Callable[[NDArray[Any]], NDArray[Any]]
_Ask = Callable[[NDArray[np.uint8]], Answers]


def _flip(*axes: int) -> _Turn:
    return lambda pictures: np.flip(pictures, axes)


def _transpose(then: _Turn) -> _Turn:
    return lambda pictures: then(pictures.swapaxes(_ROWS, _COLUMNS))


_FLIPS = (_flip(), _flip(_ROWS, _COLUMNS), _flip(_COLUMNS), _flip(_ROWS))
VIEWS: tuple[_Turn, ...] = (*_FLIPS, *map(_transpose, _FLIPS))
"""The eight ways to lay a square picture, (n, side, side, …): as it is, upside down, and so on."""

AT_FIRST = 2
SURE = 0.998
"""A cell whose mean probability reaches this after the first views is not looked at again."""


class ManyViews:
    """A scorer over the first `count` of `VIEWS`: two for every cell, the rest where it is unsure.

    What is said of a cell depends on that cell alone, not on those beside it in the batch.

    Further tasks are answered by the same views as the class, and by the same mean: it is one of
    probabilities, so that a task which sums over classes goes on being exactly their sum.
    """

    def __init__(self, scorer: Scorer, count: int) -> None:
        """Put it around another scorer.

        Args:
            scorer: Looks once.
            count: 2 to 8.
        """
        self._scorer, self._views = scorer, VIEWS[:count]

    @property
    def classes(self) -> tuple[str, ...]:
        """The C class names, in the order of the logits."""
        return self._scorer.classes

    @property
    def frame(self) -> Frame:
        """How an image becomes the pixels that `score` takes; its `size` is their side."""
        return self._scorer.frame

    def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, size, size, 3) uint8 RGB → (n, C) logits of all views; see `mean_opinion`."""
        return self._said(pixels, self._class_alone(pixels), self._class_alone)[CLASS]

    @property
    def tasks(self) -> Mapping[str, Task]:
        """Task name to what the model answers beside the class."""
        return tasks_of(self._scorer)

    def answer(self, pixels: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """(n, size, size, 3) uint8 RGB → "class" and task names to (n, answers) logits."""
        return self._said(pixels, self._every_head(pixels), self._every_head)

    def observe(self, pixels: NDArray[np.uint8]) -> Observation:
        """Logits as of `score` and `answer`; features and attention of the picture as it is."""
        seen = self._scorer.observe(pixels)
        said = self._said(pixels, {CLASS: seen.logits, **seen.tasks}, self._every_head)
        return Observation(said.pop(CLASS), seen.features, seen.attention, said)

    def describe(self) -> dict[str, Any]:
        """Where the model came from, and how often it looks."""
        return {**self._scorer.describe(), "views": len(self._views)}

    def _class_alone(self, pixels: NDArray[np.uint8]) -> Answers:
        return {CLASS: self._scorer.score(pixels)}

    def _every_head(self, pixels: NDArray[np.uint8]) -> Answers:
        return answers_of(self._scorer, pixels)

    def _said(
        self, pixels: NDArray[np.uint8], as_they_are: Answers, ask: _Ask
    ) -> dict[str, NDArray[np.float32]]:
        """The mean opinion of every head, given those on the pictures as they are."""
        others = _asked(ask, pixels, self._views[1:AT_FIRST])
        first = {h: np.concatenate([seen[None], others[h]]) for h, seen in as_they_are.items()}
        said = {head: mean_opinion(logits) for head, logits in first.items()}
        unsure = _unsure(first[CLASS])
        if unsure.any() and len(self._views) > AT_FIRST:
            again = _asked(ask, pixels[unsure], self._views[AT_FIRST:])
            for head, logits in first.items():
                every = np.concatenate([logits[:, unsure], again[head]])
                said[head][unsure] = mean_opinion(every)
        return said


def _asked(ask: _Ask, pixels: NDArray[np.uint8], views: Sequence[_Turn]) -> Answers:
    """Head name to (views, n, answers), scored in one batch."""
    turned = np.concatenate([turn(pixels) for turn in views])
    shape = (len(views), len(pixels), -1)
    return {head: logits.reshape(shape) for head, logits in ask(turned).items()}


def _unsure(logits: NDArray[np.float32]) -> NDArray[np.bool_]:
    """(n,) whether the mean probability of the first views, (views, n, C), leaves doubt."""
    return softmax(logits.astype(np.float64), axis=2).mean(axis=0).max(axis=1) < SURE


def mean_opinion(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logits whose softmax is the mean of the views' and whose energy is theirs, too.

    Args:
        logits: (views, n, C).

    Returns:
        (n, C): log of the mean probability, plus the mean log-sum-exp of the views. The second
        leaves the softmax as it is; a score for unknown cells goes by it (Liu et al. 2020).
    """
    wide = logits.astype(np.float64)
    energies = logsumexp(wide, axis=2, keepdims=True)
    mean = logsumexp(wide - energies, axis=0) - np.log(len(wide))
    return (mean + energies.mean(axis=0)).astype(np.float32)
