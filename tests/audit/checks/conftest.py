"""Cases without files: facts as an examination would have found them."""

from collections.abc import Callable
from dataclasses import fields
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hemoscope.audit.case import Case
from hemoscope.audit.examination import Examination
from hemoscope.audit.facts import Facts
from hemoscope.audit.features import LocalFeatures
from hemoscope.audit.groups import Groups
from hemoscope.cells import CellFailure, CellTable
from hemoscope.cells.splits.connected import connected

NO_PAIRS = {
    **{name: np.zeros(0, dtype=int) for name in ("first", "second", "inliers")},
    **{name: np.zeros(0) for name in ("share", "shift_x", "shift_y", "agreeing")},
    **{name: np.zeros(0) for name in ("correlation", "scale", "turn", "mirrored")},
    "kind": np.zeros(0, dtype=object),
}


def examination(
    count: int = 100,
    facts: dict | None = None,
    failures: tuple[CellFailure, ...] = (),
    **columns: object,
) -> Examination:
    """`count` like cells with some noise; facts and columns of the table may be given."""
    rng = np.random.default_rng(0)
    values: dict[str, object] = {
        field.name: rng.normal(120, 5, count) for field in fields(Facts) if field.type is float
    }
    values |= {"bytes": rng.integers(9000, 11000, count), "width": 360, "height": 363}
    values |= {"format": "PNG", "tables": "", "comment": "", "saturated": 0.0}
    values |= {"sharpness": rng.normal(0.1, 0.002, count), "row": np.arange(count)}
    frame = pd.DataFrame({**values, **(facts or {})})
    paths = [f"{row:03d}.png" for row in range(count)]
    own = {name: column for name, column in columns.items() if column is not None}
    table = CellTable(pd.DataFrame({"path": paths, **own}), Path())
    points = LocalFeatures(np.full((5, 4), 0.02, np.float32), np.zeros((5, 128), np.uint8))
    return Examination(table, frame, [points] * count, failures)


@pytest.fixture
def make_case() -> Callable[..., Case]:
    def make(
        *, pairs: list[dict] | None = None, splits=(), predictions=None, reference=None, **arguments
    ) -> Case:
        examined = examination(**arguments)
        related = pd.DataFrame(NO_PAIRS)
        if pairs:
            neutral = {"shift_x": 0.0, "shift_y": 0.0, "share": 1.0, "mirrored": False}
            related = pd.DataFrame([neutral | pair for pair in pairs])
        groups = Groups(related, connected(len(examined.table), related[["first", "second"]]))
        return Case(examined, groups, splits, predictions, reference)

    return make
