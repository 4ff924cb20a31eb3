"""`Predictions`: what a model said of cells, checked when it is made."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike, NDArray
from scipy.special import log_softmax, softmax

from hemoscope.predictions.checks import check_simplex, checked_columns, checked_scores
from hemoscope.predictions.columns import check_unique, class_columns, numbers_of, text_of
from hemoscope.predictions.errors import PredictionsError
from hemoscope.predictions.files import check_table_path, read_table, write_table


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
        scores = checked_scores(logits, paths, classes, "logit")
        return cls(
            **checked_columns(paths, classes, labels, groups),
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
        scores = checked_scores(probabilities, paths, classes, "prob")
        check_simplex(scores, paths)
        return cls(
            **checked_columns(paths, classes, labels, groups),
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
        check_unique(frame)
        prefix, classes = class_columns(frame)
        if "path" not in frame:
            raise PredictionsError(
                "the predictions table has no 'path' column. Add one that names each cell."
            )
        build = cls.from_logits if prefix == "logit" else cls.from_probabilities
        return build(
            text_of(frame["path"], "path"),
            classes,
            numbers_of(frame, [f"{prefix}_{name}" for name in classes]),
            labels=text_of(frame["label"], "label") if "label" in frame else None,
            groups=text_of(frame["group"], "group") if "group" in frame else None,
            provenance=provenance,
        )

    def write(self, path: str | Path) -> Path:
        """Writes Parquet (`.parquet`) or CSV (`.csv`), the provenance with it.

        A table that is there is a whole one: it is put in its place when it is complete.

        Parquet carries the provenance in its metadata; CSV has it beside it in `NAME.csv.json`.

        Raises:
            PredictionsError: The suffix is neither, or the file cannot be written.
        """
        return write_table(self.to_frame(), self.provenance, path)

    @classmethod
    def read(cls, path: str | Path) -> "Predictions":
        """Reads a table that `write`, or any other software, has written.

        Raises:
            NoTableError: There is no such file, or its suffix is that of no table.
            PredictionsError: It is no table, or holds bad values.
        """
        path = check_table_path(path)
        frame, provenance = read_table(path)
        try:
            return cls.from_frame(frame, provenance)
        except PredictionsError as error:
            raise PredictionsError(f"{path}: {error}") from error
