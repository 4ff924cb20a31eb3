"""`ConformalSets`: thresholds fitted on validation cells, turned into a set for each cell."""

from dataclasses import dataclass
from hashlib import blake2b
from typing import Annotated

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field
from scipy.special import softmax

from hemoscope.calibration.arrays import Array, Flags
from hemoscope.calibration.conformal.scores import Score

Level = Annotated[float, Field(gt=0, lt=1)]


@dataclass(frozen=True)
class ConformalSets:
    """Sets of classes that hold the true one with probability 1 - alpha or more.

    The scores come from the model's own softmax, not from the calibrated probabilities: those
    were fitted on the same cells, and the guarantee needs a score that these cells had no part
    in making.

    Attributes:
        score: The score of nonconformity.
        alpha: Share of cells whose set may miss the true class, in (0, 1).
        thresholds: For each class the largest score that stays in the set; None: any. All are
            equal for marginal sets.
        class_conditional: Whether the level holds within each true class (Mondrian) rather than
            over all cells.
        randomised: Whether the scores take a random share u of the class's own probability, which
            makes APS and RAPS exact; without it they cover more.
        with_top: Whether the most probable class is put in every set. Coverage can only grow.
        cells: For each class the number of cells its threshold comes from.
    """

    score: Annotated[Score, Field(discriminator="name")]
    alpha: Level
    thresholds: tuple[float | None, ...]
    class_conditional: bool
    randomised: bool
    with_top: bool
    cells: tuple[int, ...]

    def sets(self, logits: ArrayLike, rng: np.random.Generator | None = None) -> Flags:
        """(n, C) whether each class is in each cell's set.

        Args:
            logits: (n, C).
            rng: Draws the u of randomised sets. Without it u is made of the cell's own logits, so
                that a cell has the same set whatever cells stand beside it.
        """
        known = np.asarray(logits, np.float64)
        stated = softmax(known, axis=1)
        scores = self.score.of(stated, draw(known, self.randomised, rng))
        limits = [np.inf if limit is None else limit for limit in self.thresholds]
        chosen = scores <= np.asarray(limits)
        if self.with_top:
            chosen[np.arange(len(stated)), stated.argmax(1)] = True
        return chosen


def _scattered(logits: Array) -> Array:
    """(n,) numbers in [0, 1), spread as evenly as a good hash of each row's bytes spreads them."""
    rows = np.ascontiguousarray(logits)
    digests = b"".join(blake2b(row.tobytes(), digest_size=8).digest() for row in rows)
    whole = np.frombuffer(digests, np.uint64) >> np.uint64(11)
    return whole.astype(np.float64) * 2.0**-53


def draw(logits: Array, randomised: bool, rng: np.random.Generator | None) -> Array:
    """(n,) the u of each of (n, C): 1 without randomisation, else on [0, 1), as `sets` says."""
    if not randomised:
        return np.ones(len(logits))
    return _scattered(logits) if rng is None else rng.random(len(logits))
