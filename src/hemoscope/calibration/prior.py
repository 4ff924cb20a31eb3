"""The mix of classes that is expected, in place of that of the validation cells.

Training sets hold rare cells in plenty: a sixth of the PBC cells are immature granulocytes, of the
white cells of a healthy adult hardly one in a hundred. A probability speaks of a mix: where another
is expected, each class counts by how much more of it there is, and rows are rescaled to 1 (Saerens,
Latinne and Decaestecker 2002, equation 2.4). What is assumed is that cells of one class look alike
in both.
"""

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Self

import numpy as np

from hemoscope.calibration.arrays import Array
from hemoscope.errors import UsageError

PRIORS: Mapping[str, Mapping[str, float]] = {
    "adult-blood": {
        "neutrophil": 60,
        "lymphocyte": 30,
        "monocyte": 6,
        "eosinophil": 3,
        "basophil": 1,
        "ig": 0.5,
        "erythroblast": 0.5,
    }
}
"""Round numbers within the ranges that textbooks give for healthy adults, and a half in a hundred
for what such blood has next to none of."""
MISSING = 0.15
"""Most of such a mix that may be of classes that a model does not have."""


@dataclass(frozen=True)
class Prior:
    """From one mix of classes to another.

    Attributes:
        name: What was asked for.
        fitted: C shares, those of the cells that the calibration was fitted on.
        expected: C shares.
    """

    name: str
    fitted: tuple[float, ...]
    expected: tuple[float, ...]

    @classmethod
    def of(cls, asked: str, classes: Sequence[str], fitted: Sequence[float]) -> Self:
        """What a user asks for.

        Classes that are not named keep their share of the fitting cells; those that are named share
        the rest in the ratio that is asked for. So `adult-blood` says nothing of platelets.

        Args:
            asked: A name in `PRIORS`, or `CLASS=NUMBER,…`; only the ratio of the numbers counts.
            classes: C names.
            fitted: C counts or shares of the cells that the calibration was fitted on.

        Raises:
            UsageError: It is neither, names an unknown class or one twice, a number is not
                positive, or a class that is named had no cell among the fitting cells.
        """
        wanted = _wanted(asked, classes)
        had = np.asarray(fitted, np.float64) / np.sum(fitted)
        named = np.array([name in wanted for name in classes])
        if missing := [
            name for name, share in zip(classes, had, strict=True) if name in wanted and not share
        ]:
            raise UsageError(
                f"the calibration was fitted without a cell of {', '.join(missing)}, so it cannot "
                "be told how much more of them there is. Leave them out of --prior."
            )
        weights = np.array([wanted.get(name, 0.0) for name in classes])
        weights /= weights.max()  # the sum of very large numbers would be infinite
        shares = np.where(named, had[named].sum() * weights / weights.sum(), had)
        return cls(asked, tuple(had.tolist()), tuple(shares.tolist()))

    def shares(self, classes: Sequence[str]) -> dict[str, float]:
        """Class name to the share that is expected."""
        return dict(zip(classes, self.expected, strict=True))

    def apply(self, probabilities: Array) -> Array:
        """(n, C) probabilities for the mix of the fitting cells → for the expected one."""
        had, expected = np.array(self.fitted), np.array(self.expected)
        weighed = probabilities * np.divide(expected, had, out=np.ones_like(had), where=had > 0)
        return weighed / weighed.sum(axis=1, keepdims=True)


def _wanted(asked: str, classes: Sequence[str]) -> dict[str, float]:
    """Class name to its number."""
    if asked in PRIORS:
        known = {name: value for name, value in PRIORS[asked].items() if name in classes}
        # A model of subtypes has no "neutrophil", without which the others' ratio says little.
        if sum(known.values()) > (1 - MISSING) * sum(PRIORS[asked].values()):
            return known
        raise UsageError(
            f"the prior {asked} is about {', '.join(PRIORS[asked])}; the model has "
            f"{', '.join(classes)}. Write CLASS=NUMBER,… in its classes."
        )
    wanted: dict[str, float] = {}
    for part in asked.split(","):
        name, equals, number = (piece.strip() for piece in part.partition("="))
        if not equals:
            raise UsageError(
                f"--prior is {asked!r}; it takes {', '.join(PRIORS)}, or CLASS=NUMBER,… such as "
                "neutrophil=60,lymphocyte=30."
            )
        if name not in classes or name in wanted:
            what = "names twice" if name in wanted else "names, and the model does not know,"
            raise UsageError(f"--prior {what} {name!r}. The classes: {', '.join(classes)}.")
        wanted[name] = _positive(name, number)
    if len(wanted) < 2:
        raise UsageError("--prior gives the ratio of classes, so it has to name at least two.")
    return wanted


def _positive(name: str, number: str) -> float:
    try:
        value = float(number)
    except ValueError:
        value = math.nan
    if not 0 < value < math.inf:
        raise UsageError(
            f"--prior has {name}={number}; it takes a number above 0. For a class that is next to "
            "never there write a small one, such as 0.1."
        )
    return value
