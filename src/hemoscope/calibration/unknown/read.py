"""`read_unknown`: a `FittedUnknown` made again from JSON values and arrays."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Annotated, Any, Literal

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass as checked

from hemoscope.calibration.errors import CalibrationError
from hemoscope.calibration.unknown.combined import Combined
from hemoscope.calibration.unknown.fitted import FittedUnknown, MethodFigures
from hemoscope.calibration.unknown.gaussian import Gaussian
from hemoscope.calibration.unknown.logit_measures import Energy, MaximumLogit
from hemoscope.calibration.unknown.mahalanobis import Mahalanobis, RelativeMahalanobis
from hemoscope.calibration.unknown.measure import Measure
from hemoscope.calibration.unknown.neighbours import Neighbours
from hemoscope.errors import place_of

Numbers = Mapping[str, float]
Arrays = Mapping[str, NDArray[Any]]


@checked(frozen=True, config=ConfigDict(extra="forbid", allow_inf_nan=False))
class Document:
    """What stands in `calibration.json` under `unknown`."""

    method: Literal[
        "energy", "max-logit", "neighbours", "mahalanobis", "relative-mahalanobis", "combined"
    ]
    numbers: dict[str, float]
    threshold: float
    flag_rate: Annotated[float, Field(gt=0, lt=1)]
    cells: Annotated[int, Field(ge=1)]
    reference: Annotated[int, Field(ge=0)]
    compared: dict[str, MethodFigures] = field(default_factory=dict)


@dataclass(frozen=True)
class _Parts:
    numbers: Numbers
    arrays: Arrays


def read_unknown(values: Mapping[str, Any], arrays: Arrays) -> FittedUnknown:
    """Makes it again.

    Args:
        values: As `FittedUnknown.to_json` gave them.
        arrays: As `FittedUnknown.arrays` gave them.

    Raises:
        CalibrationError: Something is missing, unknown, or does not fit.
    """
    try:
        document = TypeAdapter(Document).validate_python(dict(values))
        measure = _MEASURES[document.method](_Parts(document.numbers, arrays))
    except ValidationError as error:
        said = error.errors()[0]["msg"]
        raise CalibrationError(
            f"the score for unknown cells is malformed: {place_of(error)}: {said}."
        ) from error
    except (KeyError, ValueError, IndexError, TypeError) as error:
        raise CalibrationError(
            f"the score for unknown cells is malformed: {error} (method {values['method']})."
        ) from error
    return FittedUnknown(
        measure=measure,
        threshold=document.threshold,
        flag_rate=document.flag_rate,
        cells=document.cells,
        reference=document.reference,
        compared=document.compared,
    )


def _neighbours(parts: _Parts) -> Neighbours:
    bank = parts.arrays["bank"]
    neighbours, step = int(parts.numbers["neighbours"]), float(parts.numbers["step"])
    if bank.ndim != 2 or bank.dtype != np.int8 or not 1 <= neighbours <= len(bank) or step <= 0:
        raise ValueError("the reference features do not fit")
    return Neighbours(neighbours, step, bank)


def _mahalanobis(parts: _Parts) -> Mahalanobis:
    return Mahalanobis(Gaussian.of_arrays(parts.arrays, "within"))


def _relative(parts: _Parts) -> RelativeMahalanobis:
    within = Gaussian.of_arrays(parts.arrays, "within")
    return RelativeMahalanobis(within, Gaussian.of_arrays(parts.arrays, "whole"))


_MEASURES: Mapping[str, Callable[[_Parts], Measure]] = {
    "energy": lambda _parts: Energy(),
    "max-logit": lambda _parts: MaximumLogit(),
    "neighbours": _neighbours,
    "mahalanobis": _mahalanobis,
    "relative-mahalanobis": _relative,
    "combined": lambda parts: Combined.of_parts(parts.numbers, parts.arrays),
}
