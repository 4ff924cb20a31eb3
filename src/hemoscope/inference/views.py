"""A scorer that looks at each cell several times, turned and mirrored, and says the mean.

A single look is sometimes sure and wrong; rarely are all of them. So the mean tells better which
cells a person must see. Most cells are clear at once; only the others cost more. (Test-time
augmentation; Wang et al. 2019, "Aleatoric uncertainty estimation with test-time augmentation …".)
"""

from collections.abc import Callable, Mapping, Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import log_softmax, logsumexp, softmax

from hemoscope.cells import Frame, FramePair
from hemoscope.inference.scorer import Observation, Scorer, callers_of
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

SURE: tuple[tuple[int, float], ...] = ((1, 0.9995), (2, 0.99))
"""After so many views, a cell whose mean probability reaches this is not looked at again.

Chosen on the validation cells of the bundle that ships, where it decides as eight views of every
cell do (`benchmarks/several_views.py`).
"""

UNSURE: tuple[tuple[int, float], ...] = ((1, 2.0),)
"""No probability is enough: every cell has all of its views."""

AT_ONCE = 32
"""Most pictures that are scored in one go."""


class ManyViews:
    """A scorer over the first `count` of `VIEWS`; a cell that is clear before is done (`SURE`).

    What is said of a cell depends on that cell alone, not on those beside it in the batch.

    Further tasks are answered by the same views as the class, and by the same mean: it is one of
    probabilities, so that a task which sums over classes goes on being exactly their sum.
    """

    def __init__(
        self, scorer: Scorer, count: int, sure: Sequence[tuple[int, float]] = SURE
    ) -> None:
        """Put it around another scorer.

        Args:
            scorer: Looks once.
            count: 2 to 8.
            sure: Ascending numbers of views, from 1, each with the probability, in (0, 1], that
                is enough after them; above 1: nothing is.
        """
        self._scorer, self._views = scorer, VIEWS[:count]
        stages = [(looks, enough) for looks, enough in sure if looks < count]
        ends = [looks for looks, _ in stages[1:]] + [count]
        self._stages = [(*stage, end) for stage, end in zip(stages, ends, strict=True)]

    @property
    def classes(self) -> tuple[str, ...]:
        """The C class names, in the order of the logits."""
        return self._scorer.classes

    @property
    def frame(self) -> Frame | FramePair:
        """How an image becomes the pixels that `score` takes."""
        return self._scorer.frame

    def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, size, size, 3) uint8 RGB → (n, C) logits of all views; see `mean_opinion`."""
        return self._said(pixels, self._class_alone(pixels), self._class_alone)[CLASS]

    @property
    def callers(self) -> int:
        """How many threads may ask at the same time."""
        return callers_of(self._scorer)

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
        seen = {head: logits[None] for head, logits in as_they_are.items()}
        said = {head: mean_opinion(logits) for head, logits in seen.items()}
        doubtful = np.arange(len(pixels))
        for looks, enough, end in self._stages:
            unsure = _unsure(seen[CLASS], enough)
            doubtful = doubtful[unsure]
            if not len(doubtful):
                break
            again = _asked(ask, pixels[doubtful], self._views[looks:end])
            for head, logits in seen.items():
                seen[head] = np.concatenate([logits[:, unsure], again[head]])
                said[head][doubtful] = mean_opinion(seen[head])
        return said


def _asked(ask: _Ask, pixels: NDArray[np.uint8], views: Sequence[_Turn]) -> Answers:
    """Head name to (views, n, answers), scored together, but never so many that memory swells."""
    turned = np.concatenate([turn(pixels) for turn in views])
    parts = [ask(turned[k : k + AT_ONCE]) for k in range(0, len(turned), AT_ONCE)]
    shape = (len(views), len(pixels), -1)
    return {h: np.concatenate([part[h] for part in parts]).reshape(shape) for h in parts[0]}


def _unsure(logits: NDArray[np.float32], enough: float) -> NDArray[np.bool_]:
    """(n,) whether the mean probability of the views so far, (views, n, C), leaves doubt."""
    return softmax(logits.astype(np.float64), axis=2).mean(axis=0).max(axis=1) < enough


def mean_opinion(logits: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logits whose softmax is the mean of the views' and whose energy is theirs, too.

    Args:
        logits: (views, n, C).

    Returns:
        (n, C): log of the mean probability, plus the mean log-sum-exp of the views. The second
        leaves the softmax as it is; a score for unknown cells goes by it (Liu et al. 2020).
    """
    energies = logsumexp(logits.astype(np.float64), axis=2, keepdims=True)
    return (log_mean_probability(logits) + energies.mean(axis=0)).astype(np.float32)


def log_mean_probability(logits: NDArray[np.float32]) -> NDArray[np.float64]:
    """(k, n, C) logits of k opinions → (n, C) logarithm of their mean probability."""
    each = log_softmax(logits.astype(np.float64), axis=2)
    return logsumexp(each, axis=0) - np.log(len(each))
