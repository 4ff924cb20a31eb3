"""The units of the paper's numbers: how each scales, and whether it is a count."""

from dataclasses import dataclass
from fractions import Fraction


@dataclass(frozen=True)
class Unit:
    """How a printed number becomes a plain one.

    Attributes:
        scale: The plain number is the printed one times this.
        exact: Counts and settings are exact; measurements are rounded to their last digit.
        counted: Whether it counts something, though it is printed rounded.
        suffix: What stands behind the number on the page.
    """

    scale: Fraction = Fraction(1)
    exact: bool = False
    suffix: str = ""
    counted: bool = False

    @property
    def estimated(self) -> bool:
        """Whether measuring it again gives another value, so that it takes an interval."""
        return not (self.exact or self.counted)


def _count(suffix: str) -> Unit:
    return Unit(exact=True, suffix=suffix)


UNITS: dict[str, Unit] = {
    "fraction": Unit(),
    "%": Unit(scale=Fraction(1, 100), suffix=" %"),
    "% set": Unit(scale=Fraction(1, 100), exact=True, suffix=" %"),
    "probability": Unit(),
    "number": _count(""),
    "number_rounded": Unit(),
    "nats": Unit(),
    "s": Unit(suffix=" s"),
    "min": Unit(suffix=" min"),
    "whole minutes": _count(" min"),
    "whole seconds": Unit(suffix=" s"),
    "per minute": Unit(suffix=" a minute"),
    "rad": _count(" rad"),
    "degrees": Unit(suffix="°"),
    "per 100 000": Unit(suffix=" per 100,000"),
    "million parameters": Unit(
        scale=Fraction(1_000_000), suffix=" million parameters", counted=True
    ),
    "parameters": _count(" parameters"),
    "images": _count(" images"),
    "cells": _count(" cells"),
    "cases": _count(" cases"),
    "classes": _count(" classes"),
    "models": _count(" models"),
    "layers": _count(" layers"),
    "blocks": _count(" blocks"),
    "heads": _count(" heads"),
    "tokens": _count(" tokens"),
    "channels": _count(" channels"),
    "pixels": _count(" pixels"),
    "epochs": _count(""),
    "years": _count(" years"),
}
