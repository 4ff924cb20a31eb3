"""The arrays of a calibration, in a `.npz` beside its JSON. No pickle is ever loaded."""

import hashlib
import io
import zipfile
from collections.abc import Mapping
from pathlib import Path
from typing import Annotated, Any

import numpy as np
from numpy.typing import NDArray
from pydantic import ConfigDict, Field
from pydantic.dataclasses import dataclass

from hemoscope.calibration.errors import CalibrationError
from hemoscope.files import replacing


@dataclass(frozen=True, config=ConfigDict(extra="forbid"))
class ArrayFile:
    """Which file holds the arrays.

    Attributes:
        file: Its name, in the folder of the JSON.
        sha256: 64 hex digits of its content.
    """

    file: Annotated[str, Field(pattern=r"^[\w-][\w.-]*\.npz$")]
    sha256: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]


def write_arrays(arrays: Mapping[str, NDArray[Any]], path: Path) -> ArrayFile:
    """Writes arrays; the file is replaced in one step.

    Raises:
        OSError: It cannot be written.
    """
    buffer = io.BytesIO()
    np.savez_compressed(buffer, **dict(arrays))  # pyright: ignore[reportArgumentType]
    content = buffer.getvalue()
    with replacing(path) as draft:
        draft.write_bytes(content)
    return ArrayFile(path.name, hashlib.sha256(content).hexdigest())


def read_arrays(told: ArrayFile, folder: Path) -> dict[str, NDArray[Any]]:
    """Reads what `write_arrays` wrote.

    Raises:
        CalibrationError: The file is missing, or not the one that was written.
    """
    path = folder / told.file
    try:
        content = path.read_bytes()
    except FileNotFoundError as error:
        raise CalibrationError(
            f"the calibration has no {path}, which holds its score for unknown cells. It was "
            "copied in part: copy both files, or fit it again with `hemoscope calibrate`."
        ) from error
    except OSError as error:
        raise CalibrationError(f"cannot read {path}: {error.strerror or error}.") from error
    if hashlib.sha256(content).hexdigest() != told.sha256:
        raise CalibrationError(
            f"{path} is not the file that the calibration was written with (its SHA-256 is "
            "another). It was damaged or changed: copy both files again, or fit again with "
            "`hemoscope calibrate`."
        )
    try:
        with np.load(io.BytesIO(content), allow_pickle=False) as stored:
            return {name: stored[name] for name in stored.files}
    except (ValueError, OSError, zipfile.BadZipFile) as error:
        raise CalibrationError(f"{path} holds no arrays: {error}.") from error
