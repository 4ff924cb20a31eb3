"""The table of cells, written while it is read: CSV, Parquet or JSON lines, in bounded memory."""

import csv
import json
from collections.abc import Callable, Iterable, Iterator, Mapping
from pathlib import Path
from typing import Any, Literal, get_args

import pyarrow as pa
import pyarrow.parquet as pq

from hemoscope.files import cause
from hemoscope.opinions.journal import JournalError
from hemoscope.opinions.opinion import Opinion
from hemoscope.opinions.portions import portions
from hemoscope.opinions.replacing import replacing

Form = Literal["csv", "parquet", "jsonl"]
FORMS: tuple[Form, ...] = get_args(Form)
SEPARATOR = "|"
"""Between the classes of a prediction set in CSV, which has no lists."""

_ROWS = 4096  # of a row group
_LONGEST = 2**20  # characters of a first line that is looked at

_SCHEMA = pa.schema(
    [
        ("path", pa.string()),
        ("class", pa.string()),
        ("probability", pa.float64()),
        ("second_class", pa.string()),
        ("second_probability", pa.float64()),
        ("prediction_set", pa.list_(pa.string())),
        ("accepted", pa.bool_()),
        ("unknown_score", pa.float64()),
        ("unknown", pa.bool_()),
        ("reason", pa.string()),
        ("problem", pa.string()),
    ]
)
_WITH_WORDS = _SCHEMA.append(pa.field("in_words", pa.string()))


def write_cells(
    opinions: Iterable[Opinion], folder: Path, form: Form = "csv", *, in_words: bool = False
) -> Path:
    """Writes `cells.csv`, `cells.parquet` or `cells.jsonl`; docs/classify.md has the columns.

    The file is put in its place when it is complete.

    Args:
        opinions: In any number.
        folder: Where to write.
        form: Of the file.
        in_words: Whether the model tells cells in words, for which there is a column then.

    Raises:
        JournalError: It cannot be written.
    """
    file = folder / f"cells.{form}"
    with replacing(file) as draft:
        rows = (_row(opinion, in_words=in_words) for opinion in opinions)
        _WRITERS[form](rows, draft, _WITH_WORDS if in_words else _SCHEMA)
    return file


def remove_other_forms(folder: Path, form: Form) -> None:
    """Removes the tables that an earlier job has written in other forms.

    A file of such a name with other columns is somebody else's, and stays.

    Raises:
        JournalError: One cannot be removed.
    """
    for other in FORMS:
        file = folder / f"cells.{other}"
        if other == form or _columns(file, other) not in (_SCHEMA.names, _WITH_WORDS.names):
            continue
        try:
            file.unlink()
        except OSError as error:
            raise JournalError(
                f"cannot remove {file}, the table of an earlier job: {cause(error)}. Remove it, "
                "and go on with --resume."
            ) from error


def _columns(file: Path, form: Form) -> list[str]:
    """The columns of a table; none where there is no such table."""
    try:
        if form == "parquet":
            return pq.read_schema(file).names
        with file.open(encoding="utf-8", newline="") as stream:
            line = stream.readline(_LONGEST)
        return next(csv.reader([line]), []) if form == "csv" else list(json.loads(line))
    except (OSError, ValueError, TypeError, csv.Error, pa.ArrowException):
        return []


def _row(opinion: Opinion, *, in_words: bool) -> dict[str, Any]:
    candidates = opinion.candidates
    row = {
        "path": opinion.path,
        "class": opinion.label,
        "probability": opinion.probability,
        "second_class": opinion.second,
        "second_probability": opinion.second_probability,
        "prediction_set": None if candidates is None else list(candidates),
        "accepted": opinion.accepted,
        "unknown_score": opinion.unknown_score,
        "unknown": opinion.unknown,
        "reason": opinion.reason,
        "problem": opinion.problem or "",
    }
    return {**row, "in_words": opinion.in_words} if in_words else row


def _write_csv(rows: Iterator[dict[str, Any]], file: Path, schema: pa.Schema) -> None:
    with file.open("w", encoding="utf-8", newline="") as stream:
        writer = csv.DictWriter(stream, schema.names, lineterminator="\n")
        writer.writeheader()
        writer.writerows({name: _text(value) for name, value in row.items()} for row in rows)


def _text(value: Any) -> Any:
    if isinstance(value, bool):
        return str(value).lower()
    if isinstance(value, float):
        return f"{value:.6g}"
    return SEPARATOR.join(value) if isinstance(value, list) else value


def _write_jsonl(rows: Iterator[dict[str, Any]], file: Path, _schema: pa.Schema) -> None:
    with file.open("w", encoding="utf-8", newline="\n") as stream:
        for row in rows:
            stream.write(json.dumps(row, ensure_ascii=False, allow_nan=False) + "\n")


def _write_parquet(rows: Iterator[dict[str, Any]], file: Path, schema: pa.Schema) -> None:
    with pq.ParquetWriter(file, schema) as writer:
        for some in portions(rows, _ROWS):
            writer.write_table(pa.Table.from_pylist(some, schema))


_WRITERS: Mapping[Form, Callable[[Iterator[dict[str, Any]], Path, pa.Schema], None]] = {
    "csv": _write_csv,
    "parquet": _write_parquet,
    "jsonl": _write_jsonl,
}
