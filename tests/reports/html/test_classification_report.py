from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hemoscope.cells import CellFailure, CellTable
from hemoscope.reports import ReportError, write_classification_report
from hemoscope.reports.html.classification_report import cells_frame, cells_table
from tests.reports.opinions import opinions
from tests.reports.reading import Page, assert_self_contained

FAILURE = CellFailure(7, '.DS_<i>"169665".jpg', "the file is no image <b>")


@pytest.fixture(scope="module")
def report(tmp_path_factory, predictions, images) -> Path:
    path = tmp_path_factory.mktemp("classified") / "report.html"
    return write_classification_report(predictions, path, images=images, failures=[FAILURE])


@pytest.fixture(scope="module")
def page(report: Path) -> Page:
    return assert_self_contained(report)


def test_it_is_no_medical_device(page: Page) -> None:
    assert "Not a medical device." in page.text[: page.text.index("Differential")]


def test_what_was_found_stands_first(page: Page, predictions) -> None:
    doubtful = (predictions.confidence < 0.9).sum()
    assert "60 cells classified, 1 unreadable" in page.text
    assert f"Look first at the {doubtful} cells called with a probability below 90 %." in page.text


def test_the_differential(report: Path, predictions) -> None:
    frame = pd.read_csv(report.with_name("report_data") / "differential.csv")
    assert frame["cells"].tolist() == np.bincount(predictions.predicted).tolist()


def test_unreadable_files_are_named_with_their_cause(report: Path, page: Page) -> None:
    assert FAILURE.path in page.text
    assert FAILURE.cause in page.text
    assert "<i>" not in report.read_text()


def test_every_cell_has_a_picture_if_there_is_one(page: Page, predictions, images) -> None:
    sheet = {image["src"] for image in page.images}
    assert len(sheet) == len(images)  # random pixels: no two pictures are alike
    assert "no picture" in page.text


def test_the_least_sure_come_first(predictions) -> None:
    frame = cells_frame(predictions)
    assert frame["probability"].is_monotonic_increasing
    assert sorted(frame["path"]) == sorted(predictions.paths)
    row = list(predictions.paths).index(frame["path"][0])
    ranked = np.argsort(-predictions.probabilities[row])
    assert frame["class"][0] == predictions.classes[ranked[0]]
    assert frame["second_class"][0] == predictions.classes[ranked[1]]
    assert frame["second_probability"][0] == predictions.probabilities[row, ranked[1]]


def test_the_table_of_cells_is_whole(report: Path, page: Page, predictions) -> None:
    assert all(path in page.text for path in predictions.paths)
    frame = pd.read_csv(report.with_name("report_data") / "cells.csv")
    np.testing.assert_allclose(frame["probability"], cells_frame(predictions)["probability"])


def test_a_long_table_is_cut() -> None:
    frame = cells_frame(opinions(5100, ("a", "b")))
    assert len(cells_table(frame).rows) == 5000


def test_without_pictures_and_without_doubt(predictions, tmp_path) -> None:
    path = write_classification_report(predictions, tmp_path / "a.html", review_below=0.0)
    page = assert_self_contained(path)
    assert "No pictures were at hand" in page.text
    assert "Every cell was called with a probability of 0 % or more." in page.text
    assert "Look first at these" not in page.text


def test_no_cell_at_all(predictions, tmp_path) -> None:
    none = predictions.take(np.array([], dtype=int))
    page = assert_self_contained(
        write_classification_report(none, tmp_path / "a.html", failures=[FAILURE])
    )
    assert "No cell could be read, so there is nothing to count." in page.text


def test_figures_are_written_on_wish(predictions, tmp_path) -> None:
    write_classification_report(predictions, tmp_path / "a.html", figure_formats=("png", "svg"))
    folder = tmp_path / "a_data"
    assert (folder / "differential.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "differential.svg").read_text().startswith("<?xml")


def test_an_unknown_format_is_refused(predictions, tmp_path) -> None:
    with pytest.raises(ReportError, match="as svg or png, not as 'tiff'"):
        write_classification_report(predictions, tmp_path / "a.html", figure_formats=["tiff"])


def test_a_place_that_cannot_be_written_is_reported(predictions, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match="cannot write the report"):
        write_classification_report(predictions, tmp_path / "file" / "a.html")


@pytest.mark.slow
def test_it_stays_small_for_thousands_of_cells(tmp_path) -> None:
    table = opinions(3418, [f"class {i}" for i in range(8)])
    # Smooth pictures, as large in JPEG as those of real cells (about 2 kB at 80 pixels).
    waves = np.sin(np.linspace(0, 25, 80))[:, None] * np.cos(np.linspace(0, 19, 80))
    picture = np.repeat((127 + 100 * waves).astype(np.uint8)[:, :, None], 3, axis=2)
    images = CellTable(
        pd.DataFrame({"path": table.paths}), Path(), dict.fromkeys(table.paths, picture)
    )
    path = write_classification_report(table, tmp_path / "a.html", images=images)
    assert path.stat().st_size < 5_000_000
