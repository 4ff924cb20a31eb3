"""A scorer that looks at each cell several times, turned and mirrored, and says the mean.

A single look is sometimes sure and wrong; rarely are all of them. So the mean tells better which
cells a person must see. (Test-time augmentation; Wang et al. 2019, "Aleatoric uncertainty
estimation with test-time augmentation …".)
"""

from collections.abc import Callable
from typing import Any

import numpy as np
from numpy.typing import NDArray
from scipy.special import logsumexp

from hemoscope.cells import Frame
from hemoscope.inference.scorer import Observation, Scorer

MOST_VIEWS = 8
_ROWS, _COLUMNS = 1, 2

_Turn = Callable[[NDArray[Any]], NDArray[Any]]


def _flip(*axes: int) -> _Turn:
    return lambda pictures: np.flip(pictures, axes)


def _transpose(then: _Turn) -> _Turn:
    return lambda pictures: then(pictures.swapaxes(_ROWS, _COLUMNS))


_FLIPS = (_flip(), _flip(_COLUMNS), _flip(_ROWS), _flip(_ROWS, _COLUMNS))
VIEWS: tuple[_Turn, ...] = (*_FLIPS, *map(_transpose, _FLIPS))
"""The eight ways to lay a square picture, (n, side, side, …); the first leaves it as it is."""


class ManyViews:
    """A scorer over the first `count` of `VIEWS`."""

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
        looks = [self._scorer.score(np.ascontiguousarray(turn(pixels))) for turn in self._views]
        return mean_opinion(np.stack(looks))

    def observe(self, pixels: NDArray[np.uint8]) -> Observation:
        """Logits as of `score`, mean features, and the attention of the picture as it is."""
        looks = [self._scorer.observe(np.ascontiguousarray(turn(pixels))) for turn in self._views]
        return Observation(
            mean_opinion(np.stack([look.logits for look in looks])),
            np.mean([look.features for look in looks], axis=0, dtype=np.float32),
            looks[0].attention,
        )

    def describe(self) -> dict[str, Any]:
        """Where the model came from, and how often it looks."""
        return {**self._scorer.describe(), "views": len(self._views)}


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
