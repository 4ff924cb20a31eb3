"""`CellSet`: which cells something was fitted on, small enough to be stored beside it.

A calibrator looks better on the cells it was fitted on than it is. So it remembers them, a table
that it was applied to carries them in its provenance, and `evaluate` and `compare` refuse to score
them.
"""

import base64
import binascii
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import NDArray

from hemoscope.errors import HemoscopeError
from hemoscope.predictions import Predictions

DIGEST_BYTES = 8  # two of a million cells share a digest with probability 3e-8
PROVENANCE_KEY = "calibration"


class FittedCellsError(HemoscopeError):
    """Cells that a calibration was fitted on are about to be evaluated."""


@dataclass(frozen=True)
class CellSet:
    """A set of cells, each known by a digest of its path and label.

    Attributes:
        digests: Sorted distinct digests, `DIGEST_BYTES` each, one after another, in base64.
    """

    digests: str

    @classmethod
    def of(cls, predictions: Predictions) -> "CellSet":
        """The cells of a table."""
        return cls(base64.b64encode(np.unique(_digests(predictions)).tobytes()).decode())

    def __len__(self) -> int:
        return len(self._values())

    def holds(self, predictions: Predictions) -> NDArray[np.bool_]:
        """(n,) whether each cell of a table is in the set."""
        return np.isin(_digests(predictions), self._values())

    def check(self) -> None:
        """Raises ValueError if the digests are none (a file was changed by hand)."""
        self._values()

    def _values(self) -> NDArray[np.uint64]:
        try:
            raw = base64.b64decode(self.digests, validate=True)
        except binascii.Error as error:
            raise ValueError(f"the cells' digests are not base64 ({error})") from error
        if len(raw) % DIGEST_BYTES:
            raise ValueError(f"the cells' digests are not a multiple of {DIGEST_BYTES} bytes")
        return np.frombuffer(raw, dtype="<u8")


def refuse_fitted_cells(predictions: Predictions, name: str | None = None) -> None:
    """Stops if a table holds cells that the calibration applied to it was fitted on.

    Args:
        predictions: The table.
        name: What the message calls it, where it is one of several.

    Raises:
        FittedCellsError: It does; the message says how many and what to do.
    """
    fitted = _fitted_cells(predictions.provenance)
    if fitted is None:
        return
    seen = fitted.holds(predictions)
    if not seen.any():
        return
    what = "the calibration" if name is None else f"the calibration of {name}"
    raise FittedCellsError(
        f"{what} was fitted on {int(seen.sum()):,} of these {len(predictions):,} cells "
        f"(such as {predictions.paths[int(seen.argmax())]}), so its figures would look better "
        "here than they are. Evaluate other cells, or insist with --allow-fitted-cells "
        "(allow_fitted_cells=True in Python)."
    )


def without_digests(provenance: Mapping[str, Any]) -> dict[str, Any]:
    """Provenance for people: the fitting cells of a calibration are counted, not listed."""
    cells = _fitted_cells(provenance)
    if cells is None:
        return dict(provenance)
    told = {**provenance[PROVENANCE_KEY], "fitted_cells": len(cells)}
    return {**provenance, PROVENANCE_KEY: told}


def _fitted_cells(provenance: Mapping[str, Any]) -> CellSet | None:
    applied = provenance.get(PROVENANCE_KEY)
    digests = applied.get("fitted_cells") if isinstance(applied, Mapping) else None
    if digests is None:
        return None
    cells = CellSet(str(digests))
    try:
        cells.check()
    except ValueError as error:
        raise FittedCellsError(
            f"the table's provenance names the cells of its calibration, but {error}. "
            "Make the table again."
        ) from error
    return cells


def _digests(predictions: Predictions) -> NDArray[np.uint64]:
    labels: Sequence[Any] = (
        [None] * len(predictions) if predictions.labels is None else list(predictions.labels)
    )
    joined = b"".join(
        hashlib.blake2b(f"{path}\0{label}".encode(), digest_size=DIGEST_BYTES).digest()
        for path, label in zip(predictions.paths, labels, strict=True)
    )
    return np.frombuffer(joined, dtype="<u8")
