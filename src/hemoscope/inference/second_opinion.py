"""A scorer that asks a second network about the cells that the first leaves unclear.

Two networks that learned apart are seldom wrong together, and most cells are clear to the first:
the second costs its time for few, and what is said of those is the mean of both. The second may see
another part of the image; then both pictures travel together (`FramePair`). (Deep ensembles;
Lakshminarayanan et al. 2017. As a cascade: Wang et al. 2022, "Wisdom of committees".)
"""

from collections.abc import Callable, Mapping
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp, softmax

from hemoscope.cells import Frame, FramePair, seen_first, seen_second
from hemoscope.errors import UsageError
from hemoscope.inference.home import Home
from hemoscope.inference.scorer import Observation, Scorer, callers_of
from hemoscope.inference.tasks import CLASS, Answers, Task, answers_of, tasks_of
from hemoscope.inference.views import log_mean_probability

_Ask = Callable[[Scorer, NDArray[np.uint8]], Answers]


class WithSecondOpinion:
    """A scorer over two: what is clear to the first is said by it, all else by both.

    What is said of a cell depends on that cell alone, not on those beside it in the batch.
    """

    def __init__(
        self, first: Scorer, second: Scorer, below: float, home: Home | None = None
    ) -> None:
        """Put two together.

        Args:
            first: Looks at every cell.
            second: Of the same classes and image size, and of every task that the first answers.
                Its framing may be another.
            below: Cells whose probability stays below this, in (0, 1], are shown to the second.
            home: Only those in this light, as the second sees them; None: in any.

        Raises:
            UsageError: Their image sizes differ, or one of them sees two pictures already.
        """
        self._first, self._second, self._below, self._home = first, second, below, home
        self._frame = _frame_of_both(first, second)

    @property
    def classes(self) -> tuple[str, ...]:
        """The C class names, in the order of the logits."""
        return self._first.classes

    @property
    def frame(self) -> Frame | FramePair:
        """How an image becomes the pixels that `score` takes: a pair where the two differ."""
        return self._frame

    @property
    def callers(self) -> int:
        """How many threads may ask at the same time."""
        return min(callers_of(self._first), callers_of(self._second))

    @property
    def tasks(self) -> Mapping[str, Task]:
        """Task name to what the first answers beside the class."""
        return tasks_of(self._first)

    def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        """(n, *frame.shape) uint8 RGB → (n, C) logits; see `joint_opinion`."""
        by_first = _class_alone(self._first, seen_first(pixels))
        return self._said(pixels, by_first, _class_alone)[CLASS]

    def answer(self, pixels: NDArray[np.uint8]) -> dict[str, NDArray[np.float32]]:
        """(n, *frame.shape) uint8 RGB → "class" and task names to (n, answers) logits."""
        return self._said(pixels, answers_of(self._first, seen_first(pixels)), answers_of)

    def observe(self, pixels: NDArray[np.uint8]) -> Observation:
        """Logits as of `score` and `answer`; features and attention of the first."""
        seen = self._first.observe(seen_first(pixels))
        said = self._said(pixels, {CLASS: seen.logits, **seen.tasks}, answers_of)
        return Observation(said.pop(CLASS), seen.features, seen.attention, said)

    def describe(self) -> dict[str, Any]:
        """Where the first came from; under `second` that of the second, and when it is asked."""
        home = {} if self._home is None else {"home": self._home.model_dump(mode="json")}
        asked = {"below": self._below, **home}
        return {**self._first.describe(), "second": {**self._second.describe(), **asked}}

    def _said(
        self, pixels: NDArray[np.uint8], by_first: Answers, ask: _Ask
    ) -> dict[str, NDArray[np.float32]]:
        """What is said by every head of the first, given what it says itself."""
        said = dict(by_first)
        unclear = self._unclear(seen_second(pixels), by_first[CLASS])
        if not len(unclear):
            return said
        by_second = ask(self._second, seen_second(pixels[unclear]))
        for head, logits in by_first.items():
            said[head] = logits.copy()
            said[head][unclear] = joint_opinion(logits[unclear], by_second[head])
        return said

    def _unclear(
        self, pictures: NDArray[np.uint8], logits: NDArray[np.float32]
    ) -> NDArray[np.intp]:
        """Rows that the second is asked about."""
        surest = softmax(logits.astype(np.float64), axis=1).max(axis=1)
        rows = np.flatnonzero(surest < self._below)
        return rows if self._home is None else rows[self._home.holds(pictures[rows])]


def _frame_of_both(first: Scorer, second: Scorer) -> Frame | FramePair:
    match first.frame, second.frame:
        case one, other if one == other:
            return one
        case Frame() as one, Frame() as other:
            return FramePair(one, other)
    raise UsageError("a network that sees two pictures of a cell cannot be paired with another.")


def _class_alone(scorer: Scorer, pixels: NDArray[np.uint8]) -> Answers:
    return {CLASS: scorer.score(pixels)}


def joint_opinion(first: NDArray[np.float32], second: NDArray[np.float32]) -> NDArray[np.float32]:
    """Logits whose softmax is the mean of both.

    Args:
        first: (n, C) logits.
        second: The same of the second network.

    Returns:
        (n, C): log of the mean probability, plus the log-sum-exp of the first alone. A score for
        unknown cells goes by that energy (Liu et al. 2020), and the energies of two networks are
        not on one scale.
    """
    energy = logsumexp(first.astype(np.float64), axis=1, keepdims=True)
    return (log_mean_probability(np.stack([first, second])) + energy).astype(np.float32)
