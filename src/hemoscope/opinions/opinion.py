"""`Opinion`: what the classifier says of one image."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, fields
from typing import Any, Self


@dataclass(frozen=True)
class Opinion:
    """What the classifier says of one image.

    Attributes:
        index: The image's place among those handed in, from 0.
        path: Its path, where it was handed in as one.
        label: The model's class; None for an unreadable image.
        probability: Of that class, in [0, 1]; None for an unreadable image. Calibrated where the
            model has a calibration, else softmax.
        probabilities: Of every class; empty for an unreadable image.
        problem: Why there is no class, or None.
        logits: Of every class, in the order of `probabilities`; empty for an unreadable image.
        candidates: The conformal set, the most probable class first; None where the model has no
            fitted sets.
        accepted: Whether the opinion may stand without a person. Never without a calibration.
        unknown_score: How strange the cell is, higher = stranger; None where it is not scored.
        unknown: Whether it seems to be of none of the classes; None as above.
        reason: Why a person must look; "" for an accepted cell.
        in_words: What the model sees, such as "round nucleus, dense chromatin"; "" where it is sure
            of nothing, None where it has no heads for that, or for an unreadable image.
    """

    index: int
    path: str | None
    label: str | None
    probability: float | None
    probabilities: Mapping[str, float]
    problem: str | None
    logits: Sequence[float] = field(default=())
    candidates: tuple[str, ...] | None = None
    accepted: bool = False
    unknown_score: float | None = None
    unknown: bool | None = None
    reason: str = ""
    in_words: str | None = None

    @classmethod
    def unreadable(cls, index: int, path: str | None, problem: str) -> Self:
        """An image that nothing can be said of."""
        return cls(index, path, None, None, {}, problem, reason="there is no opinion of it")

    @property
    def second(self) -> str | None:
        """The most probable of the other classes; None for an unreadable image."""
        others = [name for name in self.probabilities if name != self.label]
        return max(others, key=lambda name: self.probabilities[name]) if others else None

    @property
    def second_probability(self) -> float | None:
        """Of `second`, in [0, 1]."""
        return None if self.second is None else self.probabilities[self.second]

    def to_json(self) -> dict[str, Any]:
        """Plain JSON values, from which `from_json` makes it again to the last bit."""
        values = {column.name: getattr(self, column.name) for column in fields(self)}
        candidates = None if self.candidates is None else list(self.candidates)
        named = dict(self.probabilities)
        return {
            **values,
            "candidates": candidates,
            "probabilities": named,
            "logits": list(self.logits),
        }

    @classmethod
    def from_json(cls, values: Mapping[str, Any]) -> Self:
        """The opinion of `to_json`; one written before there were words has none.

        Raises:
            TypeError: The values are none of an opinion.
        """
        candidates = values["candidates"]
        known = None if candidates is None else tuple(candidates)
        return cls(**{**values, "candidates": known, "logits": tuple(values["logits"])})
