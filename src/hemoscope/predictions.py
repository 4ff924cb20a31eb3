"""`Predictions`: the one table in which an opinion about cells leaves a model.

Statistics, calibration, reports and review start here and never see a model, so a table made
by any other software serves as well. In a file (Parquet or CSV) a table has the columns

    path             which cell; unique
    label            optional: the true class
    group            optional: patient, slide or field; cells of one group are not independent
    logit_<class>    one for every class, or
    prob_<class>     one for every class, where logits are not to be had

What the numbers are is told by the column names, never guessed from the values.
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_softmax, softmax

from hemoscope.csv_table import read_csv_table
from hemoscope.errors import HemoscopeError, UsageError
from hemoscope.files import cause, replacing

PROVENANCE_KEY = b"hemoscope"
SUM_TOLERANCE = 1e-3  # probabilities rounded to four decimals still pass


class PredictionsError(HemoscopeError):
    """A predictions table that cannot be trusted; the message names the row."""


class NoTableError(PredictionsError, UsageError):
    """A name that no predictions table has, or none can have."""


@dataclass(frozen=True, eq=False)
class Predictions:
    """What a model said of n cells, over C classes.

    Build it with `from_logits` or `from_probabilities`, which check every value.

    Attributes:
        paths: (n,) strings, unique.
        classes: The C class names, in column order.
        probabilities: (n, C) float64 in [0, 1]; rows sum to 1.
        logits: (n, C) float64, or None where only probabilities are known.
        labels: (n,) true class names, or None.
        groups: (n,) group names, or None.
        provenance: Where the table came from (model, data, versions), as plain JSON values.
    """

    paths: NDArray[np.object_]
    classes: tuple[str, ...]
    probabilities: NDArray[np.float64]
    logits: NDArray[np.float64] | None = None
    labels: NDArray[np.object_] | None = None
    groups: NDArray[np.object_] | None = None
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __len__(self) -> int:
        return len(self.paths)

    @classmethod
    def from_logits(
        cls,
        paths: Sequence[str],
        classes: Sequence[str],
        logits: ArrayLike,
        *,
        labels: Sequence[str] | None = None,
        groups: Sequence[str] | None = None,
        provenance: Mapping[str, Any] | None = None,
    ) -> "Predictions":
        """Checks logits and makes a table of them.

        Args:
            paths: n cell names.
            classes: C class names.
            logits: (n, C), any finite real numbers.
            labels: n true classes, each one of `classes`.
            groups: n group names.
            provenance: Plain JSON values.

        Raises:
            PredictionsError: A value, a label or a path is not acceptable; names the row.
        """
        scores = _scores(logits, paths, classes, "logit")
        return cls(
            **_columns(paths, classes, labels, groups),
            probabilities=softmax(scores, axis=1),
            logits=scores,
            provenance=dict(provenance or {}),
        )

    @classmethod
    def from_probabilities(
        cls,
        paths: Sequence[str],
        classes: Sequence[str],
        probabilities: ArrayLike,
        *,
        labels: Sequence[str] | None = None,
        groups: Sequence[str] | None = None,
        provenance: Mapping[str, Any] | None = None,
    ) -> "Predictions":
        """Checks probabilities and makes a table of them.

        Rows may miss 1 by up to 0.001 (rounding in a file) and are then rescaled to it.

        Args:
            paths: n cell names.
            classes: C class names.
            probabilities: (n, C) in [0, 1].
            labels: n true classes, each one of `classes`.
            groups: n group names.
            provenance: Plain JSON values.

        Raises:
            PredictionsError: A value, a label or a path is not acceptable; names the row.
        """
        scores = _scores(probabilities, paths, classes, "prob")
        _check_simplex(scores, paths)
        return cls(
            **_columns(paths, classes, labels, groups),
            probabilities=scores / scores.sum(axis=1, keepdims=True),
            provenance=dict(provenance or {}),
        )

    @property
    def log_probabilities(self) -> NDArray[np.float64]:
        """(n, C) natural logarithms, at most 0; -inf where a given probability is 0."""
        if self.logits is not None:
            return np.asarray(log_softmax(self.logits, axis=1))
        with np.errstate(divide="ignore"):
            return np.log(self.probabilities)

    @property
    def predicted(self) -> NDArray[np.intp]:
        """(n,) index of the most probable class; the first one on a tie."""
        return self.probabilities.argmax(axis=1)

    @property
    def confidence(self) -> NDArray[np.float64]:
        """(n,) probability of the predicted class, in [1/C, 1]."""
        return self.probabilities.max(axis=1)

    def truth(self) -> NDArray[np.intp]:
        """(n,) index of the true class.

        Raises:
            PredictionsError: The table has no labels.
        """
        if self.labels is None:
            raise PredictionsError(
                "these predictions have no 'label' column, so nothing can be scored. Add the true "
                "class of every cell, or predict from a SOURCE that has labels."
            )
        index = {name: i for i, name in enumerate(self.classes)}
        return np.fromiter((index[name] for name in self.labels), dtype=np.intp, count=len(self))

    def take(self, rows: ArrayLike) -> "Predictions":
        """The table of the given rows (indices or a boolean mask), in that order."""
        rows = np.asarray(rows)
        rows = rows if rows.dtype == bool else rows.astype(np.intp)  # an empty list is of floats
        return Predictions(
            paths=self.paths[rows],
            classes=self.classes,
            probabilities=self.probabilities[rows],
            logits=None if self.logits is None else self.logits[rows],
            labels=None if self.labels is None else self.labels[rows],
            groups=None if self.groups is None else self.groups[rows],
            provenance=self.provenance,
        )

    def to_frame(self) -> pd.DataFrame:
        """The table with the columns of the file format."""
        frame = pd.DataFrame({"path": self.paths})
        if self.labels is not None:
            frame["label"] = self.labels
        if self.groups is not None:
            frame["group"] = self.groups
        prefix, scores = (
            ("prob", self.probabilities) if self.logits is None else ("logit", self.logits)
        )
        columns = [f"{prefix}_{name}" for name in self.classes]
        return pd.concat([frame, pd.DataFrame(scores, columns=columns)], axis=1)

    @classmethod
    def from_frame(
        cls, frame: pd.DataFrame, provenance: Mapping[str, Any] | None = None
    ) -> "Predictions":
        """Reads the columns of the file format; the order of columns gives the order of classes.

        Raises:
            PredictionsError: Columns are missing or contradict each other, or a value is bad.
        """
        _check_unique(frame)
        prefix, classes = _class_columns(frame)
        if "path" not in frame:
            raise PredictionsError(
                "the predictions table has no 'path' column. Add one that names each cell."
            )
        build = cls.from_logits if prefix == "logit" else cls.from_probabilities
        return build(
            _text(frame["path"], "path"),
            classes,
            _numbers(frame, [f"{prefix}_{name}" for name in classes]),
            labels=_text(frame["label"], "label") if "label" in frame else None,
            groups=_text(frame["group"], "group") if "group" in frame else None,
            provenance=provenance,
        )

    def write(self, path: str | Path) -> Path:
        """Writes Parquet (`.parquet`) or CSV (`.csv`), the provenance with it.

        A table that is there is a whole one: it is put in its place when it is complete.

        Parquet carries the provenance in its metadata; CSV has it beside it in `NAME.csv.json`.

        Raises:
            PredictionsError: The suffix is neither, or the file cannot be written.
        """
        path = check_table_path(path)
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            _WRITERS[path.suffix.lower()](self, path)
        except OSError as error:
            raise PredictionsError(f"cannot write {path}: {cause(error)}.") from error
        return path

    @classmethod
    def read(cls, path: str | Path) -> "Predictions":
        """Reads a table that `write`, or any other software, has written.

        Raises:
            NoTableError: There is no such file, or its suffix is that of no table.
            PredictionsError: It is no table, or holds bad values.
        """
        path = check_table_path(path)
        if not path.is_file():
            raise NoTableError(f"there is no predictions table at {path}.")
        try:
            frame, provenance = _READERS[path.suffix.lower()](path)
        except (ValueError, OSError, pa.ArrowException) as error:
            raise PredictionsError(f"{path} cannot be read as a table: {error}") from error
        try:
            return cls.from_frame(frame, provenance)
        except PredictionsError as error:
            raise PredictionsError(f"{path}: {error}") from error


def _columns(
    paths: Sequence[str],
    classes: Sequence[str],
    labels: Sequence[str] | None,
    groups: Sequence[str] | None,
) -> dict[str, Any]:
    """Checks everything but the scores; the first four fields of `Predictions`."""
    names = np.asarray(paths, dtype=object)
    duplicated = pd.Series(names).duplicated().to_numpy()
    if duplicated.any():
        row = int(duplicated.argmax())
        first = int(np.flatnonzero(names == names[row])[0])
        raise PredictionsError(
            f"row {row} has the path {names[row]!r} of row {first} again. "
            "Each cell may stand in the table once; drop one of the two rows."
        )
    return {
        "paths": names,
        "classes": tuple(classes),
        "labels": _labels(labels, classes, len(names)),
        "groups": None if groups is None else _same_length(groups, len(names), "groups"),
    }


def _labels(
    labels: Sequence[str] | None, classes: Sequence[str], count: int
) -> NDArray[np.object_] | None:
    if labels is None:
        return None
    column = _same_length(labels, count, "labels")
    unknown = ~pd.Series(column).isin(list(classes)).to_numpy()
    if unknown.any():
        row = int(unknown.argmax())
        raise PredictionsError(
            f"row {row} has the label {column[row]!r}, which is none of the classes "
            f"({', '.join(classes)}). Correct the label, or leave that row out."
        )
    return column


def _same_length(values: Sequence[str], count: int, what: str) -> NDArray[np.object_]:
    column = np.asarray(values, dtype=object)
    if len(column) != count:
        raise PredictionsError(f"{len(column)} {what} for {count} paths. Give one for each cell.")
    return column


def _scores(
    values: ArrayLike, paths: Sequence[str], classes: Sequence[str], prefix: str
) -> NDArray[np.float64]:
    """(n, C) finite float64, or an error that names the first bad row and column."""
    scores = np.array(values, dtype=np.float64)
    if scores.size == 0:
        scores = scores.reshape(len(paths), len(classes))
    if len(classes) < 2 or len(set(classes)) != len(classes):
        raise PredictionsError(
            f"the classes are {list(classes)}; at least two different ones are needed."
        )
    if scores.shape != (len(paths), len(classes)):
        raise PredictionsError(
            f"the scores have shape {scores.shape}; {len(paths)} paths and {len(classes)} "
            f"classes need {(len(paths), len(classes))}."
        )
    bad = ~np.isfinite(scores)
    if bad.any():
        row, column = (int(i) for i in np.argwhere(bad)[0])
        raise PredictionsError(
            f"row {row} ({paths[row]}): {prefix}_{classes[column]} is {scores[row, column]}, not a "
            "finite number. A model that overflowed often gives such values; predict again in "
            "float32, or drop the row."
        )
    return scores


def _check_simplex(scores: NDArray[np.float64], paths: Sequence[str]) -> None:
    outside = (scores < 0) | (scores > 1)
    if outside.any():
        row = int(np.argwhere(outside)[0][0])
        raise PredictionsError(
            f"row {row} ({paths[row]}) has a probability outside 0 to 1. "
            "If these are logits, name the columns logit_<class>."
        )
    sums = scores.sum(axis=1)
    off = np.abs(sums - 1) > SUM_TOLERANCE
    if off.any():
        row = int(off.argmax())
        raise PredictionsError(
            f"row {row} ({paths[row]}): the probabilities sum to {sums[row]:.4f}, not 1. "
            "Normalise them, or name the columns logit_<class> if they are logits."
        )


def _check_unique(frame: pd.DataFrame) -> None:
    again = frame.columns.duplicated()
    if again.any():
        name = str(frame.columns[again][0])
        raise PredictionsError(f"the table has the column {name!r} twice. Rename or remove one.")


def _class_columns(frame: pd.DataFrame) -> tuple[str, list[str]]:
    """The kind of score in a table ("logit" or "prob") and the classes it has one for."""
    found = {
        prefix: [c.removeprefix(f"{prefix}_") for c in frame.columns if c.startswith(f"{prefix}_")]
        for prefix in ("logit", "prob")
    }
    logits, probabilities = found["logit"], found["prob"]
    if logits and probabilities and set(logits) != set(probabilities):
        missing = sorted(set(logits) ^ set(probabilities))
        raise PredictionsError(
            f"the table has both logit_ and prob_ columns, but not for the same classes "
            f"({', '.join(missing)} stands in one kind only). Keep one kind, complete."
        )
    if not logits and not probabilities:
        raise PredictionsError(
            "the table has no logit_<class> or prob_<class> columns; it has "
            f"{', '.join(map(str, frame.columns[:12])) or 'none at all'}."
        )
    prefix = "logit" if logits else "prob"
    return prefix, found[prefix]


def _text(column: pd.Series, name: str) -> list[str]:
    missing = column.isna().to_numpy()
    if missing.any():
        raise PredictionsError(
            f"row {int(missing.argmax())} has no {name}. Fill it in, or drop that row."
        )
    return column.astype(str).tolist()


def _numbers(frame: pd.DataFrame, columns: list[str]) -> NDArray[np.float64]:
    numbers = frame[columns].apply(pd.to_numeric, errors="coerce").to_numpy(dtype=np.float64)
    text = np.isnan(numbers) & frame[columns].notna().to_numpy()
    if text.any():
        row, column = (int(i) for i in np.argwhere(text)[0])
        value = frame[columns[column]].iloc[row]
        raise PredictionsError(f"row {row}: {columns[column]} is {value!r}, which is no number.")
    return numbers


def check_table_path(path: str | Path) -> Path:
    """The path of a predictions table, if its suffix tells the format.

    Raises:
        NoTableError: The suffix is neither `.parquet` nor `.csv`.
    """
    path = Path(path)
    if path.suffix.lower() not in _WRITERS:
        raise NoTableError(f"{path}: predictions tables are .parquet or .csv; name it so.")
    return path


def _write_parquet(predictions: Predictions, path: Path) -> None:
    table = pa.Table.from_pandas(predictions.to_frame(), preserve_index=False)
    metadata = {
        **(table.schema.metadata or {}),
        PROVENANCE_KEY: json.dumps(dict(predictions.provenance)).encode(),
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


def _write_csv(predictions: Predictions, path: Path) -> None:
    # The table takes its place last: where it is, its provenance is too.
    with replacing(path) as draft, replacing(_sidecar(path)) as note:
        predictions.to_frame().to_csv(draft, index=False, float_format="%.9g")
        note.write_text(json.dumps(dict(predictions.provenance), indent=2) + "\n")


def _read_csv(path: Path) -> tuple[pd.DataFrame, dict[str, Any]]:
    sidecar = _sidecar(path)
    provenance = _provenance(sidecar.read_bytes(), str(sidecar)) if sidecar.is_file() else {}
    text = {"path": str, "label": str, "group": str}
    frame = read_csv_table(path, dtype=text, keep_default_na=False, na_values=[""])
    return frame, provenance


_WRITERS = {".parquet": _write_parquet, ".csv": _write_csv}
_READERS = {".parquet": _read_parquet, ".csv": _read_csv}
