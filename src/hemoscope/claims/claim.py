"""`Claim`: one number that the paper states, and what it means."""

from decimal import Decimal
from enum import StrEnum
from fractions import Fraction
from functools import cached_property
from typing import Literal

from pydantic import BaseModel, ConfigDict, Field, field_validator

from hemoscope.claims.interval import Interval
from hemoscope.claims.units import UNITS, Unit

Model = Literal["custom_cnn", "resnet50", "efficientnet_b3", "inception_v3"]
MODELS: tuple[Model, ...] = ("custom_cnn", "resnet50", "efficientnet_b3", "inception_v3")
MODEL_NAMES: dict[Model, str] = {
    "custom_cnn": "CustomCNN",
    "resnet50": "ResNet50",
    "efficientnet_b3": "EfficientNetB3",
    "inception_v3": "InceptionV3",
}


class Kind(StrEnum):
    """What a number is about."""

    RESULT = "result"
    DATA = "data"
    METHOD = "method"
    BACKGROUND = "background"  # other people's work


class Sense(StrEnum):
    """How a number is meant: itself, or as a limit."""

    EXACTLY = "exactly"
    ABOUT = "about"
    AT_LEAST = "at_least"
    ABOVE = "above"
    AT_MOST = "at_most"
    BELOW = "below"


SENSE_SIGNS: dict[Sense, str] = {
    Sense.EXACTLY: "",
    Sense.ABOUT: "about ",
    Sense.AT_LEAST: "≥ ",
    Sense.ABOVE: "> ",
    Sense.AT_MOST: "≤ ",
    Sense.BELOW: "< ",
}


_LIMITS = (Sense.AT_LEAST, Sense.ABOVE, Sense.AT_MOST, Sense.BELOW)


class Claim(BaseModel):
    """One number of the paper.

    Attributes:
        id: Its name here: section or table, model, what it is.
        quantity: What is measured, as a machine-readable key.
        value: As printed, so that the number of digits is kept.
        unit: A key of `UNITS`.
        means: What the number is, in a few words of ours.
        model: Which of the four models, or None where it is about none or all.
        cell_class: Which class (0 to 7), or None.
        kind: Result, data, method or background.
        sense: Whether the number is meant as itself or as a limit.
        restates: The claim that this one only repeats.
        note: What a reader should know about it, or None.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", protected_namespaces=())

    id: str
    quantity: str
    value: str
    unit: str
    means: str
    model: Model | None = None
    cell_class: int | None = Field(default=None, alias="class", ge=0, le=7)
    kind: Kind = Kind.RESULT
    sense: Sense = Sense.EXACTLY
    restates: str | None = None
    note: str | None = None

    @field_validator("unit")
    @classmethod
    def _known_unit(cls, unit: str) -> str:
        if unit not in UNITS:
            raise ValueError(f"unit {unit!r} is not in UNITS")
        return unit

    @field_validator("value")
    @classmethod
    def _finite_number(cls, value: str) -> str:
        if not Decimal(value).is_finite():
            raise ValueError(f"value {value!r} is no finite number")
        return value

    @property
    def measure(self) -> Unit:
        """The unit with its scale."""
        return UNITS[self.unit]

    @cached_property
    def interval(self) -> Interval:
        """All plain values (a fraction, not a percentage) that the number may stand for.

        Counts are exact, and so are limits: nobody rounds "at least 99 %".
        """
        exact = self.measure.exact or self.sense in _LIMITS
        own = Interval.exactly(Fraction(self.value)) if exact else Interval.printed(self.value)
        return own.scaled(self.measure.scale)

    @property
    def count(self) -> int:
        """The value of a count.

        Raises:
            ValueError: If the number is no count.
        """
        if self.interval.low != self.interval.high or self.interval.low.denominator != 1:
            raise ValueError(f"{self.id} is no count")
        return int(self.interval.low)

    @property
    def figure(self) -> str:
        """The bare number, with commas between thousands."""
        return f"{int(self.value):,}" if self.value.isdigit() else self.value

    @property
    def named(self) -> str:
        """What the number is, and of which model."""
        return f"{MODEL_NAMES[self.model]}: {self.means}" if self.model else self.means

    @property
    def shown(self) -> str:
        """The number as the page shows it, with sign and unit."""
        return f"{SENSE_SIGNS[self.sense]}{self.figure}{self.measure.suffix}"

    def allows(self, values: Interval) -> bool:
        """Whether some of these plain values agree with the claim."""
        if self.sense in (Sense.AT_LEAST, Sense.ABOVE):
            return values.high >= self.interval.low
        if self.sense in (Sense.AT_MOST, Sense.BELOW):
            return values.low <= self.interval.high
        return self.interval.meets(values)
