"""The journal as a table: one row a model."""

from typing import Any

import pandas as pd

from hemoscope.compression.journal import Journal, Measured, Step

COLUMNS = (
    *("step", "kind", "removed", "accepted", "parameters", "share", "encoder_parameters"),
    *("operations", "file_bytes", "latency_ms", "processor_ms"),
    *("val_accuracy", "loss_points", "mcnemar_p"),
)


def curve(journal: Journal) -> pd.DataFrame:
    """One row for the original (step 0) and each step; columns `COLUMNS`.

    `share` is of the original's parameters, `val_accuracy` in [0, 1], latency for one cell.
    """
    before = journal.before
    first = {"step": 0, "kind": "original", "removed": "", "accepted": True}
    rows = [first | _sizes(before, before) | {"loss_points": 0.0, "mcnemar_p": 1.0}]
    rows += [_step(step, before) for step in journal.steps]
    return pd.DataFrame(rows, columns=list(COLUMNS))


def _step(step: Step, before: Measured) -> dict[str, Any]:
    named = {"step": step.step, "kind": step.kind, "removed": step.removed.words()}
    tested = {"loss_points": step.loss_points, "mcnemar_p": step.mcnemar.p}
    return named | {"accepted": step.accepted} | _sizes(step.measured, before) | tested


def _sizes(measured: Measured, before: Measured) -> dict[str, Any]:
    return measured.model_dump() | {"share": measured.parameters / before.parameters}
