"""`Tally`: the cells that a differential counts."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from hemoscope.calibration.errors import CalibrationError


@dataclass(frozen=True, eq=False)
class Tally:
    """Counted cells of C classes.

    Attributes:
        called: (C,) cells that the model called each class, and no person looked at.
        exact: (C,) cells that a person named.
        unknown: Cells that are of none of the classes.
    """

    called: NDArray[np.int64]
    exact: NDArray[np.int64]
    unknown: int = 0

    @classmethod
    def of(cls, called: ArrayLike, exact: ArrayLike | None, size: int, unknown: int = 0) -> "Tally":
        """Checks counts.

        Args:
            called: (size,) whole numbers.
            exact: (size,) whole numbers; None: a person named none.
            size: Number of classes.
            unknown: Cells of none of the classes.

        Raises:
            CalibrationError: They are no counts of so many classes.
        """
        named = np.zeros(size, np.int64) if exact is None else exact
        return cls(_counts(called, size), _counts(named, size), unknown)

    @property
    def counted(self) -> NDArray[np.int64]:
        """(C,) cells of each class."""
        return self.called + self.exact


def _counts(values: ArrayLike, size: int) -> NDArray[np.int64]:
    counts = np.asarray(values)
    whole = np.issubdtype(counts.dtype, np.integer)
    if counts.shape != (size,) or not whole or (counts < 0).any():
        raise CalibrationError(
            f"{counts.tolist()} are no counts of {size} classes. Give one whole number, 0 or more, "
            "for each class."
        )
    return counts.astype(np.int64)
