from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hemoscope.calibration.differential import Confusion, Tally, count_cells
from hemoscope.calibration.other_source import OtherSource
from hemoscope.cells import CellTable
from hemoscope.opinions import Findings, Opinion, SecondLook, gather
from hemoscope.predictions import Predictions
from hemoscope.reports import About, ReportError, write_classification_report
from hemoscope.reports.html.classification_report import cells_table
from tests.opinions.make import of_predictions
from tests.reports.opinions import opinions
from tests.reports.reading import Page, assert_self_contained

FAILURE = Opinion.unreadable(60, '.DS_<i>"169665".jpg', "the file is no image <b>")


def found_in(predictions: Predictions, *more: Opinion, below: float = 0.9, **options) -> Findings:
    some = [*of_predictions(predictions, below), *more]
    return gather(some, predictions.classes, **{"calibrated": True, **options})


@pytest.fixture(scope="module")
def findings(predictions) -> Findings:
    strange = Opinion(
        61, "strange.png", predictions.classes[0], 0.7, {predictions.classes[0]: 0.7}, None,
        unknown=True, unknown_score=8.0, reason="it looks like none of the classes",
    )  # fmt: skip
    return found_in(predictions, FAILURE, strange)


@pytest.fixture(scope="module")
def report(tmp_path_factory, findings, images, predictions) -> Path:
    path = tmp_path_factory.mktemp("classified") / "report.html"
    look = SecondLook(np.full((32, 32, 3), 200, np.uint8), np.eye(4, dtype=np.float32))
    about = About(predictions.provenance, "cells.csv", "These cells are drawn.")
    looks = {findings.look_first[1].index: look}
    return write_classification_report(findings, path, images=images, looks=looks, about=about)


@pytest.fixture(scope="module")
def page(report: Path) -> Page:
    return assert_self_contained(report)


def test_it_is_for_research_and_no_medical_device(page: Page) -> None:
    opening = page.text[: page.text.index("Differential")]
    assert "For research use only. Not a medical device." in opening
    assert "These cells are drawn." in opening


def test_what_was_found_stands_first(page: Page, findings: Findings) -> None:
    assert "61 cells classified, 1 unreadable" in page.text
    told = (
        f"{findings.accepted} cells are accepted; a person must look at the other "
        f"{findings.doubtful}, of which 1 looks like none of the classes."
    )
    assert told in page.text


def test_the_differential_leaves_unknown_cells_out(report: Path, predictions, page: Page) -> None:
    frame = pd.read_csv(report.with_name("report_data") / "differential.csv")
    assert frame["cells"].tolist() == np.bincount(predictions.predicted).tolist()
    assert "none of them (not counted)" in page.text


def test_unreadable_files_are_named_with_their_cause(report: Path, page: Page) -> None:
    assert str(FAILURE.path) in page.text
    assert str(FAILURE.problem) in page.text
    assert "<i>" not in report.read_text()


def test_every_cell_has_a_picture_if_there_is_one(page: Page, images) -> None:
    sheet = {image["src"] for image in page.images if "Attention" not in str(image["alt"])}
    assert len(sheet) == len(images)  # random pixels: no two pictures are alike
    assert "no picture" in page.text


def test_attention_stands_beside_a_cell_that_has_one(page: Page) -> None:
    assert [image["alt"] for image in page.images].count("Attention of the model on this cell") == 1


def test_cells_to_look_at_come_first_each_with_its_reason(findings: Findings, page: Page) -> None:
    rows = cells_table(findings).rows
    assert rows[0][0] == "strange.png"
    reasons = [row[3] for row in rows]
    assert reasons == sorted(reasons, key=lambda why: why == "accepted")
    assert "it looks like none of the classes" in page.text


def test_the_table_points_to_the_file_that_holds_all(page: Page, findings: Findings) -> None:
    assert all(str(one.path) in page.text for one in findings.listed)
    assert "cells.csv holds all." in page.text


def test_cells_are_told_in_words_where_the_model_speaks(predictions, tmp_path, page: Page) -> None:
    told = [
        replace(one, in_words=f"round nucleus no. {one.index}")
        for one in of_predictions(predictions)
    ]
    found = gather([*told, FAILURE], predictions.classes, calibrated=True)
    report = write_classification_report(found, tmp_path / "a.html", images=None)
    html = report.read_text("utf-8")
    first = found.look_first[0].index
    assert f'<p class="words">round nucleus no. {first}</p>' in html
    assert "which is not calibrated" in assert_self_contained(report).text
    table = cells_table(found)
    assert table.header[-1] == "In words"
    assert table.rows[0][-1] == f"round nucleus no. {found.listed[0].index}"
    assert "In words" not in page.text


def test_without_pictures_and_without_doubt(predictions, tmp_path) -> None:
    found = found_in(predictions, below=0.0)
    page = assert_self_contained(write_classification_report(found, tmp_path / "a.html"))
    assert "No pictures were at hand" in page.text
    assert "Every cell is accepted." in page.text
    assert "Look first at these" not in page.text


def test_without_a_calibration_it_says_so(predictions, tmp_path) -> None:
    found = found_in(predictions, below=2.0, calibrated=False)
    page = assert_self_contained(write_classification_report(found, tmp_path / "a.html"))
    assert "The model has no calibration" in page.text
    assert "no cell is accepted without a person" in page.text


def test_numbers_per_100_white_cells_come_as_table_and_figure(predictions, findings, tmp_path):
    confusion = Confusion.of(predictions)
    tally = Tally.of(findings.counted.counts.sum(0), None, len(predictions.classes))
    per_100 = count_cells(predictions.classes, tally, confusion)
    path = write_classification_report(findings, tmp_path / "a.html", per_100=per_100)
    page = assert_self_contained(path)
    assert "Per 100 white cells; the 95 % limits are for the patient" in page.text
    written = pd.read_csv(tmp_path / "a_data" / "per_hundred.csv")
    white = written[written["white"]]
    assert white["per_100"].sum() == pytest.approx(100)
    assert set(written["class"]) == set(predictions.classes)


def test_cells_from_another_source_bring_a_warning(findings, tmp_path):
    for flagged, warned in ((1, False), (30, True)):
        about = About(warning=str(OtherSource(flagged, 61, 0.01)))
        path = write_classification_report(findings, tmp_path / "a.html", about=about)
        text = assert_self_contained(path).text
        assert ("another microscope" in text) is warned
        assert ("more often here than the rate" in text) is warned


def test_no_cell_at_all(predictions, tmp_path) -> None:
    found = gather([FAILURE], predictions.classes, calibrated=True)
    page = assert_self_contained(write_classification_report(found, tmp_path / "a.html"))
    assert "No cell could be named, so there is nothing to count." in page.text


def test_figures_are_written_on_wish(findings, tmp_path) -> None:
    write_classification_report(findings, tmp_path / "a.html", figure_formats=("png", "svg"))
    folder = tmp_path / "a_data"
    assert (folder / "differential.png").read_bytes().startswith(b"\x89PNG")
    assert (folder / "differential.svg").read_text().startswith("<?xml")


def test_an_unknown_format_is_refused(findings, tmp_path) -> None:
    with pytest.raises(ReportError, match="as svg or png, not as 'tiff'"):
        write_classification_report(findings, tmp_path / "a.html", figure_formats=["tiff"])


def test_a_place_that_cannot_be_written_is_reported(findings, tmp_path) -> None:
    (tmp_path / "file").write_text("")
    with pytest.raises(ReportError, match="cannot write the report"):
        write_classification_report(findings, tmp_path / "file" / "a.html")


@pytest.mark.slow
def test_it_stays_small_for_thousands_of_cells(tmp_path) -> None:
    table = opinions(3418, [f"class {i}" for i in range(8)])
    found = found_in(table)
    # Smooth pictures, as large in JPEG as those of real cells (about 2 kB at 80 pixels).
    waves = np.sin(np.linspace(0, 25, 80))[:, None] * np.cos(np.linspace(0, 19, 80))
    picture = np.repeat((127 + 100 * waves).astype(np.uint8)[:, :, None], 3, axis=2)
    images = CellTable(
        pd.DataFrame({"path": table.paths}), Path(), dict.fromkeys(table.paths, picture)
    )
    path = write_classification_report(found, tmp_path / "a.html", images=images)
    assert path.stat().st_size < 4_000_000
    page = assert_self_contained(path)
    assert "The page shows at most 600 cells." in page.text
    assert f"1,000 of {found.cells:,} cells, those to look at first." in page.text
