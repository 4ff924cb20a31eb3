"""What a score for cells of none of the classes has to offer to be part of a `Trust`."""

from collections.abc import Mapping
from typing import Any, Protocol

from numpy.typing import NDArray

from hemoscope.calibration.arrays import Array


class UnknownScore(Protocol):
    """A fitted score of strangeness.

    Attributes:
        threshold: Cells with a higher score are flagged.
        needs_features: Whether `score` has to be given features.
        flag_rate: The share of cells of the known classes that is flagged, at most.
    """

    @property
    def threshold(self) -> float:
        """The highest score of a cell that is not flagged."""
        ...

    @property
    def needs_features(self) -> bool:
        """Whether logits alone do not suffice."""
        ...

    @property
    def flag_rate(self) -> float:
        """P(a cell of the known classes is flagged) is at most this, in (0, 1)."""
        ...

    def score(self, logits: NDArray[Any], features: NDArray[Any] | None) -> Array:
        """(n,) float64, higher = stranger, from (n, C) logits and (n, F) features."""
        ...

    def to_json(self) -> Mapping[str, Any]:
        """Plain JSON values, from which, with `arrays`, its own room makes it again."""
        ...

    def arrays(self) -> Mapping[str, NDArray[Any]]:
        """What is too large for JSON, by name; empty where there is nothing."""
        ...
