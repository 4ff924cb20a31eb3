"""A table of cells and a scorer → `Predictions`."""

from collections.abc import Callable
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

import hemoscope
from hemoscope.cells import CellFailure, CellTable, read_cells
from hemoscope.errors import HemoscopeError
from hemoscope.features import Features
from hemoscope.inference.scorer import Scorer
from hemoscope.predictions import Predictions

BATCH = 32


class PredictError(HemoscopeError):
    """Cells that this model cannot be asked about."""


@dataclass(frozen=True)
class PredictionRun:
    """What came of a table: opinions on the readable cells, causes for the others.

    Attributes:
        predictions: Of the readable cells.
        failures: The others, and why.
        features: Of the readable cells, where they were asked for.
    """

    predictions: Predictions
    failures: tuple[CellFailure, ...]
    features: Features | None = None


def predict_cells(
    table: CellTable,
    scorer: Scorer,
    *,
    batch: int = BATCH,
    features: bool = False,
    progress: Callable[[int, int], None] | None = None,
) -> PredictionRun:
    """Scores every cell of a table; decoding goes on in threads while the model works.

    Args:
        table: Cells, with labels or without.
        scorer: The model.
        batch: Images at once.
        features: Keep the features as well, which takes a little longer.
        progress: Called with (cells done, cells in all).

    Raises:
        PredictError: A label is none of the model's classes, or no cell at all is readable.
    """
    _check_labels(table, scorer)
    rows: list[NDArray[np.intp]] = []
    logits: list[NDArray[np.float32]] = []
    seen: list[NDArray[np.float32]] = []
    failures: list[CellFailure] = []
    done = 0
    for cells in read_cells(table, scorer.frame, batch=batch):
        failures.extend(cells.failures)
        if len(cells.rows):
            rows.append(cells.rows)
            if features:
                observed = scorer.observe(cells.pixels)
                logits.append(observed.logits)
                seen.append(observed.features)
            else:
                logits.append(scorer.score(cells.pixels))
        done += len(cells.rows) + len(cells.failures)
        if progress:
            progress(done, len(table))
    if not rows:
        first = failures[0]
        raise PredictError(
            f"none of the {len(table)} images can be read; the first, {first.path}: {first.cause}."
        )
    found = _predictions(table.take(np.concatenate(rows)), np.concatenate(logits), scorer)
    return PredictionRun(
        found,
        tuple(failures),
        Features(found.paths, np.concatenate(seen), found.provenance) if features else None,
    )


def _check_labels(table: CellTable, scorer: Scorer) -> None:
    unknown = sorted(set(table.classes) - set(scorer.classes))
    if unknown:
        raise PredictError(
            f"the cells have labels that the model does not know: {', '.join(unknown)}. It knows "
            f"{', '.join(scorer.classes)}. Rename them, or leave those cells out of SOURCE."
        )


def _predictions(cells: CellTable, logits: NDArray[np.float32], scorer: Scorer) -> Predictions:
    return Predictions.from_logits(
        cells.paths.tolist(),
        scorer.classes,
        logits,
        labels=None if cells.labels is None else cells.labels.tolist(),
        groups=None if cells.groups is None else cells.groups.tolist(),
        provenance={
            "hemoscope": hemoscope.__version__,
            "cells": {"root": str(cells.root), "fingerprint": cells.fingerprint()},
            **scorer.describe(),
        },
    )
