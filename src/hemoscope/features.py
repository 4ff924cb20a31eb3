"""`Features`: what a model saw in each cell, in a file beside the predictions table.

A Parquet file `NAME.features.parquet` beside `NAME.parquet` (or `NAME.csv`) with two columns:

    path       which cell; unique
    features   F float32 numbers, the vector that the model's head sees

Rows are matched by path, so the order in the two files may differ. The provenance is that of the
predictions.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
import pyarrow as pa
import pyarrow.parquet as pq
from numpy.typing import NDArray

from hemoscope.errors import HemoscopeError, UsageError
from hemoscope.files import cause, replacing
from hemoscope.predictions import PROVENANCE_KEY, Predictions

SUFFIX = ".features.parquet"
TABLES = (".parquet", ".csv")


class FeaturesError(HemoscopeError):
    """Features that are missing, malformed, or of other cells."""


class NoFeaturesError(FeaturesError, UsageError):
    """There is no such file."""


@dataclass(frozen=True, eq=False)
class Features:
    """The features of n cells.

    Attributes:
        paths: (n,) strings, unique.
        values: (n, F) finite float32.
        provenance: Where they came from, as in the predictions table.
    """

    paths: NDArray[np.object_]
    values: NDArray[np.float32]
    provenance: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        if self.values.ndim != 2 or len(self.values) != len(self.paths):
            raise FeaturesError(
                f"features of shape {self.values.shape} do not fit {len(self.paths)} paths."
            )
        bad = ~np.isfinite(self.values).all(axis=1)
        if bad.any():
            row = int(bad.argmax())
            raise FeaturesError(f"the features of row {row} ({self.paths[row]}) are not finite.")
        if pd.Series(self.paths).duplicated().any():
            raise FeaturesError("a path stands twice among the features. Predict the cells again.")

    def __len__(self) -> int:
        return len(self.paths)

    def of(self, predictions: Predictions) -> NDArray[np.float32]:
        """(n, F) features of a table's cells, in its order.

        Raises:
            FeaturesError: A cell has none, or they come from another model file.
        """
        ours, theirs = self.provenance.get("sha256"), predictions.provenance.get("sha256")
        if ours != theirs:
            raise FeaturesError(
                "the features were not made by the model that made the predictions. Make both in "
                "one run of `hemoscope predict --features`."
            )
        rows = pd.Index(self.paths).get_indexer(pd.Index(predictions.paths))
        if (rows < 0).any():
            row = int((rows < 0).argmax())
            raise FeaturesError(
                f"{int((rows < 0).sum()):,} cells of the predictions table have no features, such "
                f"as {predictions.paths[row]}. Make both in one run of `hemoscope predict "
                "--features`."
            )
        return self.values[rows]

    def write(self, path: str | Path) -> Path:
        """Writes the Parquet file, which is put in its place when it is complete.

        Raises:
            FeaturesError: It cannot be written.
        """
        path = Path(path)
        width = self.values.shape[1]
        flat = pa.array(np.ascontiguousarray(self.values, np.float32).ravel())
        column = pa.FixedSizeListArray.from_arrays(flat, width)
        table = pa.table({"path": pa.array(self.paths.tolist(), pa.string()), "features": column})
        metadata = {PROVENANCE_KEY: json.dumps(dict(self.provenance)).encode()}
        try:
            path.parent.mkdir(parents=True, exist_ok=True)
            with replacing(path) as draft:
                pq.write_table(table.replace_schema_metadata(metadata), draft)
        except OSError as error:
            raise FeaturesError(f"cannot write {path}: {cause(error)}.") from error
        return path

    @classmethod
    def read(cls, path: str | Path) -> "Features":
        """Reads what `write` wrote.

        Raises:
            FeaturesError: The file is missing or holds no features.
        """
        path = Path(path)
        if not path.is_file():
            raise NoFeaturesError(
                f"there are no features at {path}. Make them, and the predictions, with "
                "`hemoscope predict --features`."
            )
        try:
            table = pq.read_table(path, columns=["path", "features"])
            column = table["features"].combine_chunks()
            width = column.type.list_size
            values = column.flatten().to_numpy(zero_copy_only=False).reshape(-1, width)
            provenance = json.loads((table.schema.metadata or {}).get(PROVENANCE_KEY, b"{}"))
        except (ValueError, AttributeError, OSError, pa.ArrowException) as error:
            raise FeaturesError(f"{path} holds no features: {error}") from error
        paths = np.asarray(table["path"].to_pylist(), dtype=object)
        return cls(paths, values.astype(np.float32, copy=False), provenance)


def remove_features_beside(table: str | Path) -> None:
    """Takes away the features of an earlier table of this name, which are not those of its cells.

    Where a table of the same name in another format stands beside it, they are that one's and stay.

    Raises:
        FeaturesError: They cannot be removed.
    """
    file, path = features_beside(table), Path(table)
    others = (path.with_suffix(suffix) for suffix in TABLES)
    if any(other.is_file() for other in others if other != path):
        return
    try:
        file.unlink(missing_ok=True)
    except OSError as error:
        raise FeaturesError(
            f"cannot remove {file}, the features of an earlier table: {cause(error)}. Remove it."
        ) from error


def features_beside(table: str | Path) -> Path:
    """Where the features of a predictions table lie: `val.parquet` → `val.features.parquet`."""
    return Path(table).with_suffix(SUFFIX)
