"""Predictions tables as files: Parquet, and CSV with its provenance in a file beside it."""

import json
from collections.abc import Mapping
from pathlib import Path
from typing import Any

import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq

from hemoscope.csv_table import read_csv_table
from hemoscope.files import cause, replacing
from hemoscope.predictions.errors import NoTableError, PredictionsError

PROVENANCE_KEY = b"hemoscope"


def check_table_path(path: str | Path) -> Path:
    """The path of a predictions table, if its suffix tells the format.

    Raises:
        NoTableError: The suffix is neither `.parquet` nor `.csv`.
    """
    path = Path(path)
    if path.suffix.lower() not in _WRITERS:
        raise NoTableError(f"{path}: predictions tables are .parquet or .csv; name it so.")
    return path


def write_table(frame: pd.DataFrame, provenance: Mapping[str, Any], path: str | Path) -> Path:
    """Writes columns and provenance in the format that the suffix tells, whole or not at all.

    Raises:
        PredictionsError: The suffix tells none, or the file cannot be written.
    """
    path = check_table_path(path)
    try:
        path.parent.mkdir(parents=True, exist_ok=True)
        _WRITERS[path.suffix.lower()](frame, provenance, path)
    except OSError as error:
        raise PredictionsError(f"cannot write {path}: {cause(error)}.") from error
    return path


def read_table(path: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    """Columns and provenance of a file, as they are.

    Args:
        path: As `check_table_path` gives it.

    Raises:
        NoTableError: There is no such file.
        PredictionsError: It is no table.
    """
    if not path.is_file():
        raise NoTableError(f"there is no predictions table at {path}.")
    try:
        return _READERS[path.suffix.lower()](path)
    except (ValueError, OSError, pa.ArrowException) as error:
        raise PredictionsError(f"{path} cannot be read as a table: {error}") from error


def _write_parquet(frame: pd.DataFrame, provenance: Mapping[str, Any], path: Path) -> None:
    table = pa.Table.from_pandas(frame, preserve_index=False)
    metadata = {
        **(table.schema.metadata or {}),
        PROVENANCE_KEY: json.dumps(dict(provenance)).encode(),
    }
    numbers = [field.name for field in table.schema if pa.types.is_floating(field.type)]
    # Byte by byte, logits of a network's 32 bits take half the space that they take as doubles.
    layout: dict[str, Any] = {
        "compression": "zstd",
        "use_dictionary": [name for name in table.column_names if name not in numbers],
        "use_byte_stream_split": numbers,
    }
    with replacing(path) as draft:
        pq.write_table(table.replace_schema_metadata(metadata), draft, **layout)


def _read_parquet(path: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    table = pq.read_table(path)
    told = (table.schema.metadata or {}).get(PROVENANCE_KEY, b"{}")
    return table.to_pandas(), _provenance(told, "its metadata")


def _provenance(told: bytes, where: str) -> dict[str, Any]:
    try:
        provenance = json.loads(told)
    except ValueError as error:
        raise ValueError(f"{where} is no JSON ({error}); write it again, or remove it.") from error
    if not isinstance(provenance, dict):
        raise ValueError(
            f"{where} holds {str(provenance)[:40]}, not a JSON object that tells where the table "
            "came from; write it again, or remove it."
        )
    return provenance


def _sidecar(path: Path) -> Path:
    return path.with_name(f"{path.name}.json")


def _write_csv(frame: pd.DataFrame, provenance: Mapping[str, Any], path: Path) -> None:
    # The table takes its place last: where it is, its provenance is too.
    with replacing(path) as draft, replacing(_sidecar(path)) as note:
        frame.to_csv(draft, index=False, float_format="%.9g")
        note.write_text(json.dumps(dict(provenance), indent=2) + "\n")


def _read_csv(path: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    sidecar = _sidecar(path)
    provenance = _provenance(sidecar.read_bytes(), str(sidecar)) if sidecar.is_file() else {}
    text = {"path": str, "label": str, "group": str}
    frame = read_csv_table(path, dtype=text, keep_default_na=False, na_values=[""])
    return frame, provenance


_WRITERS = {".parquet": _write_parquet, ".csv": _write_csv}
_READERS = {".parquet": _read_parquet, ".csv": _read_csv}
