"""`calibration.json`: a `Trust` on disk. Plain JSON; nothing in it is ever executed.

Arrays of the score for unknown cells, where it has any, stand beside it in
`calibration.unknown.npz`.
"""

import json
from collections.abc import Callable, Mapping
from pathlib import Path
from typing import Any, Literal

from numpy.typing import NDArray
from pydantic import ConfigDict, TypeAdapter, ValidationError
from pydantic.dataclasses import dataclass

from hemoscope.calibration.acceptance import Acceptance
from hemoscope.calibration.array_file import ArrayFile, read_arrays, write_arrays
from hemoscope.calibration.calibrators import Calibrator, ClassTemperature, Isotonic
from hemoscope.calibration.class_means import ClassMeans
from hemoscope.calibration.conformal import ConformalSets
from hemoscope.calibration.differential import Confusion
from hemoscope.calibration.errors import CalibrationError
from hemoscope.calibration.fitted import FittedCalibrator
from hemoscope.calibration.trust import Trust
from hemoscope.calibration.unknown.read import read_unknown as read_known_methods
from hemoscope.calibration.unknown_score import UnknownScore
from hemoscope.errors import place_of
from hemoscope.files import cause, replacing

FILE_NAME = "calibration.json"
ARRAYS_SUFFIX = ".unknown.npz"
VERSION = 1
ReadUnknown = Callable[[Mapping[str, Any], Mapping[str, NDArray[Any]]], UnknownScore]


@dataclass(frozen=True, config=ConfigDict(extra="forbid", allow_inf_nan=False))
class Document:
    """What stands in the file."""

    version: Literal[1]
    calibrator: FittedCalibrator
    conformal: ConformalSets | None
    acceptance: Acceptance | None
    unknown: dict[str, Any] | None
    unknown_arrays: ArrayFile | None = None
    confusion: Confusion | None = None
    means: ClassMeans | None = None

    def __post_init__(self) -> None:
        self.calibrator.fitted_cells.check()
        size = len(self.calibrator.classes)
        lengths = _lengths(self.calibrator.calibrator, self.conformal)
        if self.confusion is not None:
            lengths.append(("rows of confusion counts", len(self.confusion.counts)))
            columns = {len(row) for row in self.confusion.counts}
            lengths.extend(("columns of confusion counts", count) for count in columns)
        if self.means is not None:
            lengths.append(("rows of mean logits", len(self.means.logits)))
            columns = {len(row) for row in self.means.logits if row is not None}
            lengths.extend(("columns of mean logits", count) for count in columns)
        for what, length in lengths:
            if length != size:
                raise ValueError(f"there are {size} classes, but {length} {what}")


def write_trust(trust: Trust, path: str | Path) -> Path:
    """Writes `calibration.json` into a folder, or a file of any name that ends in `.json`.

    Each file is replaced in one step, the arrays first. An interruption between the two leaves a
    calibration that says that its arrays are others, and none that goes by the wrong ones.

    Raises:
        CalibrationError: It cannot be written.
    """
    target = trust_path(path)
    try:
        target.parent.mkdir(parents=True, exist_ok=True)
        document = _document(trust, target)
        with replacing(target) as draft:
            draft.write_bytes(TypeAdapter(Document).dump_json(document, indent=2) + b"\n")
        if document.unknown_arrays is None:  # an earlier calibration's are of no more use
            target.with_suffix(ARRAYS_SUFFIX).unlink(missing_ok=True)
    except OSError as error:
        raise CalibrationError(f"cannot write {target}: {cause(error)}.") from error
    return target


def read_trust(path: str | Path, *, read_unknown: ReadUnknown = read_known_methods) -> Trust:
    """Reads what `write_trust` wrote.

    Args:
        path: The file, or a folder with `calibration.json` in it.
        read_unknown: Makes the unknown-cell score from its JSON values and arrays.

    Raises:
        CalibrationError: A file is missing, malformed, damaged, or of a version that this
            hemoscope does not know.
    """
    target = trust_path(path)
    document = _parse(target)
    unknown = None
    if document.unknown is not None:
        told = document.unknown_arrays
        arrays = {} if told is None else read_arrays(told, target.parent)
        unknown = read_unknown(document.unknown, arrays)
    return Trust(
        document.calibrator,
        document.conformal,
        document.acceptance,
        unknown,
        document.confusion,
        document.means,
    )


def trust_path(path: str | Path) -> Path:
    """The file that a path names: itself if it ends in `.json`, else `calibration.json` in it."""
    path = Path(path)
    return path if path.suffix.lower() == ".json" else path / FILE_NAME


def _document(trust: Trust, target: Path) -> Document:
    """What the file will say; arrays are written on the way."""
    unknown = stored = None
    if trust.unknown is not None:
        unknown = dict(trust.unknown.to_json())
        if arrays := trust.unknown.arrays():
            stored = write_arrays(arrays, target.with_suffix(ARRAYS_SUFFIX))
    return Document(
        version=VERSION,
        calibrator=trust.calibrator,
        conformal=trust.conformal,
        acceptance=trust.acceptance,
        unknown=unknown,
        unknown_arrays=stored,
        confusion=trust.confusion,
        means=trust.means,
    )


def _parse(path: Path) -> Document:
    try:
        content = json.loads(path.read_bytes())
    except FileNotFoundError as error:
        raise CalibrationError(
            f"there is no calibration at {path}. Make one with `hemoscope calibrate`."
        ) from error
    except OSError as error:
        raise CalibrationError(f"cannot read {path}: {error.strerror or error}.") from error
    except ValueError as error:
        raise CalibrationError(f"{path} is no JSON: {error}.") from error
    if not isinstance(content, dict) or "version" not in content:
        raise CalibrationError(f"{path} is no calibration file: it has no version.")
    if content["version"] != VERSION:
        raise CalibrationError(
            f"{path} is of version {content['version']!r}; this hemoscope reads version {VERSION}. "
            "Fit it again with `hemoscope calibrate`."
        )
    try:
        return TypeAdapter(Document).validate_python(content)
    except ValidationError as error:
        said = error.errors()[0]["msg"]
        raise CalibrationError(
            f"{path} is malformed: {place_of(error) or 'the file'}: {said}. "
            "Fit it again with `hemoscope calibrate`."
        ) from error


def _lengths(calibrator: Calibrator, conformal: ConformalSets | None) -> list[tuple[str, int]]:
    lengths: list[tuple[str, int]] = []
    if isinstance(calibrator, ClassTemperature):
        lengths.append(("temperatures", len(calibrator.temperatures)))
    if isinstance(calibrator, Isotonic):
        lengths.append(("isotonic curves", len(calibrator.curves)))
    if conformal is not None:
        lengths.append(("conformal thresholds", len(conformal.thresholds)))
        lengths.append(("conformal counts", len(conformal.cells)))
    return lengths
