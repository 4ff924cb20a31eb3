"""Maps from logits to calibrated probabilities: frozen, stateless, plain numbers inside."""

from collections.abc import Callable, Mapping
from types import MappingProxyType

from hemoscope.calibration.arrays import Array, Indices
from hemoscope.calibration.calibrators.class_temperature import (
    ClassTemperature,
    fit_class_temperature,
)
from hemoscope.calibration.calibrators.identity import Identity, fit_identity
from hemoscope.calibration.calibrators.isotonic import Isotonic, fit_isotonic
from hemoscope.calibration.calibrators.temperature import Temperature, fit_temperature

Calibrator = Identity | Temperature | ClassTemperature | Isotonic

# The simplest first: `choose` prefers the earlier one where the data cannot tell.
FITTERS: Mapping[str, Callable[[Array, Indices], Calibrator]] = MappingProxyType(
    {
        "none": fit_identity,
        "temperature": fit_temperature,
        "class-temperature": fit_class_temperature,
        "isotonic": fit_isotonic,
    }
)

__all__ = [
    "FITTERS",
    "Calibrator",
    "ClassTemperature",
    "Identity",
    "Isotonic",
    "Temperature",
    "fit_class_temperature",
    "fit_identity",
    "fit_isotonic",
    "fit_temperature",
]
