"""`Job`: what `hemoscope classify` said of a folder of cells, read back from its tables."""

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import pandas as pd

from hemoscope.opinions.journal import FILE_NAME
from hemoscope.opinions.tables import FORMS, SEPARATOR
from hemoscope.predictions import Predictions, PredictionsError
from hemoscope.review.errors import NoJobError, ReviewError

_NEEDED = ("path", "class", "probability", "accepted", "unknown", "reason", "problem")


@dataclass(frozen=True)
class Cell:
    """One image of a job, as the model left it.

    Attributes:
        number: Its row in the table of cells, from 0.
        path: As it was named to `classify`.
        called: The model's class; "" where the image could not be read.
        probability: Of that class, in [0, 1]; None as above.
        second: The most probable other class; "" where there is none.
        second_probability: Of it.
        candidates: The prediction set; empty where none was fitted.
        accepted: Whether it may stand without a person.
        unknown: Whether it looks like none of the classes.
        reason: Why a person must look; "" for an accepted cell.
        problem: Why it could not be read; "" where it could.
        in_words: What the model sees; "" where it does not say.
    """

    number: int
    path: str
    called: str
    probability: float | None
    second: str
    second_probability: float | None
    candidates: tuple[str, ...]
    accepted: bool
    unknown: bool
    reason: str
    problem: str
    in_words: str = ""

    @property
    def readable(self) -> bool:
        """Whether there is anything to look at."""
        return not self.problem


@dataclass(frozen=True)
class Job:
    """A finished job of `hemoscope classify`.

    Attributes:
        folder: Where it lies.
        classes: The C class names of the model.
        cells: One for each image, in their order.
        digest: SHA-256 of the table of cells and the predictions, 64 hex digits: tells this job
            from every other, and from itself after a change.
        provenance: What made the opinions, as plain JSON values.
    """

    folder: Path
    classes: tuple[str, ...]
    cells: tuple[Cell, ...]
    digest: str
    provenance: Mapping[str, Any]


def open_job(folder: Path) -> Job:
    """Reads a folder that `hemoscope classify` has filled.

    Raises:
        NoJobError: There is no such folder, or no finished job in it.
        ReviewError: Its tables cannot be read, or do not belong together.
    """
    table = _table_in(folder)
    try:
        predictions = Predictions.read(folder / "predictions.parquet")
    except PredictionsError as error:
        raise ReviewError(f"{error} Classify the cells again.") from error
    cells = _cells(table)
    readable = [cell.path for cell in cells if cell.readable]
    if readable != list(predictions.paths):
        raise ReviewError(
            f"{table.name} and predictions.parquet in {folder} are of different cells. Classify "
            "the cells again."
        )
    digest = hashlib.sha256()
    for file in (table, folder / "predictions.parquet"):
        digest.update(hashlib.sha256(file.read_bytes()).digest())
    return Job(folder, predictions.classes, cells, digest.hexdigest(), predictions.provenance)


def _table_in(folder: Path) -> Path:
    if not folder.is_dir():
        raise NoJobError(f"there is no folder {folder}. Fill one: hemoscope classify --out FOLDER.")
    if (folder / FILE_NAME).exists():
        raise NoJobError(
            f"the job in {folder} has not come to its end. Go on with it: hemoscope classify "
            "--resume."
        )
    found = [folder / f"cells.{form}" for form in FORMS if (folder / f"cells.{form}").is_file()]
    if not found:
        raise NoJobError(
            f"{folder} holds no cells.csv, .parquet or .jsonl, so nothing that hemoscope classify "
            "has finished."
        )
    if len(found) > 1:
        raise ReviewError(
            f"{folder} holds {' and '.join(file.name for file in found)}: two tables of cells. "
            "Remove the one that is not of this job."
        )
    return found[0]


def _cells(file: Path) -> tuple[Cell, ...]:
    try:
        frame = _READERS[file.suffix](file)
    except Exception as error:  # pandas and pyarrow raise almost anything on a damaged file
        raise ReviewError(f"{file} cannot be read ({error}). Classify the cells again.") from error
    missing = [name for name in _NEEDED if name not in frame]
    if missing:
        raise ReviewError(
            f"{file} has no column {missing[0]!r}, so it is no table of hemoscope classify."
        )
    rows = frame.astype(object).where(frame.notna(), None).to_dict("records")
    try:
        return tuple(_cell(number, row) for number, row in enumerate(rows))
    except (ValueError, TypeError) as error:
        raise ReviewError(f"{file} holds a value that is none of a cell's: {error}.") from error


def _cell(number: int, row: Mapping[Any, Any]) -> Cell:
    return Cell(
        number=number,
        path=str(row["path"]),
        called=row["class"] or "",
        probability=_share(row["probability"]),
        second=row.get("second_class") or "",
        second_probability=_share(row.get("second_probability")),
        candidates=_candidates(row.get("prediction_set")),
        accepted=_flag(row["accepted"]),
        unknown=_flag(row["unknown"]),
        reason=row["reason"] or "",
        problem=row["problem"] or "",
        in_words=row.get("in_words") or "",
    )


def _share(value: Any) -> float | None:
    return None if value is None or value == "" else float(value)


def _flag(value: Any) -> bool:
    return value is True or str(value).lower() == "true"


def _candidates(value: Any) -> tuple[str, ...]:
    if isinstance(value, str):
        return tuple(name for name in value.split(SEPARATOR) if name)
    return () if value is None else tuple(value)


def _read_jsonl(file: Path) -> pd.DataFrame:
    lines = file.read_text(encoding="utf-8").splitlines()
    return pd.DataFrame([json.loads(line) for line in lines])


_READERS = {
    ".csv": lambda file: pd.read_csv(file, dtype=str, keep_default_na=False),
    ".parquet": pd.read_parquet,
    ".jsonl": _read_jsonl,
}
