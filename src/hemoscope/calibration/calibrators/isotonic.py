"""Isotonic regression of each class against the rest, renormalised."""

from dataclasses import dataclass
from typing import Annotated, Literal

import numpy as np
from numpy.typing import ArrayLike
from pydantic import Field
from scipy.special import softmax

from hemoscope.calibration.arrays import Array, Indices

Share = Annotated[float, Field(ge=0, le=1)]


@dataclass(frozen=True)
class Steps:
    """A rising curve through points, flat outside them.

    Attributes:
        stated: Stated probabilities, rising.
        observed: What they come to; as many, never falling.
    """

    stated: Annotated[tuple[Share, ...], Field(min_length=1)]
    observed: Annotated[tuple[Share, ...], Field(min_length=1)]

    def __post_init__(self) -> None:
        if len(self.stated) != len(self.observed):
            raise ValueError("as many observed as stated values are needed")
        if (np.diff(self.stated) < 0).any() or (np.diff(self.observed) < 0).any():
            raise ValueError("stated and observed values must not fall")

    def at(self, stated: Array) -> Array:
        """The curve, linear between its points."""
        return np.interp(stated, self.stated, self.observed)


@dataclass(frozen=True)
class Isotonic:
    """Each class's probability through a rising curve of its own, rows rescaled to 1.

    Zadrozny and Elkan (2002). The curve alone would state 0 where no cell of the class was seen,
    and one such cell later would cost an endless loss; nothing below `floor` is stated before
    rescaling. It may change which class comes first, and makes ties.

    Attributes:
        curves: One for each class, in the classes' order.
        floor: 1 / (n + 2), Laplace's rule of succession for what n cells never showed.
    """

    curves: Annotated[tuple[Steps, ...], Field(min_length=2)]
    floor: Annotated[float, Field(gt=0, lt=1)]
    method: Literal["isotonic"] = "isotonic"

    def probabilities(self, logits: ArrayLike) -> Array:
        """(n, C) in (0, 1]; rows sum to 1."""
        stated = softmax(np.asarray(logits, np.float64), axis=1)
        raised = np.column_stack(
            [curve.at(stated[:, c]) for c, curve in enumerate(self.curves)]
        ).clip(self.floor)
        return raised / raised.sum(axis=1, keepdims=True)


def fit_isotonic(logits: Array, truth: Indices) -> Isotonic:
    """The rising curves nearest to the outcomes, in mean square."""
    stated = softmax(logits, axis=1)
    return Isotonic(
        tuple(_curve(stated[:, c], truth == c) for c in range(logits.shape[1])),
        floor=1 / (len(truth) + 2),
    )


def _curve(stated: Array, outcome: ArrayLike) -> Steps:
    from sklearn.isotonic import IsotonicRegression  # noqa: PLC0415 (reading a calibration needs none of it)

    fitted = IsotonicRegression(y_min=0, y_max=1).fit(stated, np.asarray(outcome, np.float64))
    return Steps(
        tuple(float(x) for x in fitted.X_thresholds_),
        tuple(float(y) for y in fitted.y_thresholds_),
    )
