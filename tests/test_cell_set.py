import pytest

from hemoscope.cell_set import (
    CellSet,
    FittedCellsError,
    refuse_fitted_cells,
    without_digests,
)
from hemoscope.predictions import Predictions


def cells(*paths: str, label: str = "a", provenance: dict | None = None) -> Predictions:
    return Predictions.from_logits(
        paths, ("a", "b"), [[0.0, 1.0]] * len(paths), labels=[label] * len(paths),
        provenance=provenance,
    )  # fmt: skip


def test_a_cell_is_known_by_its_path_and_label():
    known = CellSet.of(cells("1.png", "2.png"))
    assert len(known) == 2
    assert list(known.holds(cells("2.png", "3.png"))) == [True, False]
    assert not known.holds(cells("2.png", label="b")).any()


def test_the_order_of_cells_does_not_matter():
    assert CellSet.of(cells("1.png", "2.png")) == CellSet.of(cells("2.png", "1.png"))


def test_eight_bytes_a_cell():
    many = CellSet.of(cells(*map(str, range(300))))
    assert len(many) == 300
    assert len(many.digests) == 300 * 8 * 4 / 3


def test_fitted_cells_are_refused_through_a_file(tmp_path):
    marked = {"calibration": {"fitted_cells": CellSet.of(cells("2.png")).digests}}
    path = cells("1.png", "2.png", provenance=marked).write(tmp_path / "t.parquet")
    table = Predictions.read(path)
    with pytest.raises(FittedCellsError, match=r"fitted on 1 of these 2 cells \(such as 2.png\)"):
        refuse_fitted_cells(table)
    refuse_fitted_cells(table.take([0]))
    assert without_digests(table.provenance) == {"calibration": {"fitted_cells": 1}}


def test_tables_without_a_calibration_pass():
    refuse_fitted_cells(cells("1.png", provenance={"calibration": "none"}))
    assert without_digests({"model": "m"}) == {"model": "m"}


@pytest.mark.parametrize(("digests", "why"), [("?", "not base64"), ("AAAA", "multiple of 8")])
def test_changed_digests_are_no_free_pass(digests, why):
    with pytest.raises(FittedCellsError, match=why):
        refuse_fitted_cells(cells("1.png", provenance={"calibration": {"fitted_cells": digests}}))
