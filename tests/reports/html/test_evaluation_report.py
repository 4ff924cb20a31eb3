from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hemoscope.cells import CellTable
from hemoscope.evaluation import evaluate
from hemoscope.predictions import PredictionsError
from hemoscope.reports import ReportError, write_evaluation_report
from tests.reports.opinions import opinions
from tests.reports.reading import Page, assert_self_contained

FIGURES = {
    "per-class",
    "confusion-matrix",
    "roc",
    "precision-recall",
    "prevalence",
    "separation",
    "reliability",
    "reliability-by-class",
    "confidence",
    "risk-coverage",
    "history",
}


@pytest.fixture(scope="module")
def report(tmp_path_factory, evaluation, predictions, images, history) -> Path:
    path = tmp_path_factory.mktemp("report") / "new folder" / "report.html"
    return write_evaluation_report(evaluation, predictions, path, images=images, history=history)


@pytest.fixture(scope="module")
def page(report: Path) -> Page:
    return assert_self_contained(report)


def test_the_summary_stands_first(page: Page, evaluation) -> None:
    right = round(60 * evaluation.accuracy)
    summary = page.text[: page.text.index("Figures by class")]
    assert f"{right} of 60 cells were called right" in summary
    assert f"{100 * evaluation.accuracy:.2f} %" in summary
    assert "There are only 60 cells: every figure here is rough." in summary
    assert "Hardest class" in summary


def test_names_are_escaped_and_whole(report: Path, page: Page, evaluation, predictions) -> None:
    html = report.read_text(encoding="utf-8")
    assert "<script" not in html
    assert "<b>." not in html
    for name in evaluation.classes:
        assert name in page.text
    assert 'a "quoted" <b>' in page.text
    first = evaluation.confusion.mistakes.paths[0]
    assert first in page.text
    assert '"' in first
    assert "&" in first


def test_every_figure_stands_in_it_with_its_numbers_beside(report: Path, page: Page) -> None:
    assert page.tags.count("figure") == page.tags.count("svg") == len(FIGURES)
    folder = report.with_name("report_data")
    assert {file.stem for file in folder.iterdir()} == FIGURES | {"mistakes"}
    assert all(len(pd.read_csv(file)) for file in folder.iterdir())
    for name in FIGURES:
        assert f"report_data/{name}.csv" in page.text


def test_the_mistakes_are_shown_as_pictures(page: Page, evaluation, images) -> None:
    mistakes = evaluation.confusion.mistakes
    known = set(images.paths)
    assert 0 < mistakes.count < 48
    assert len(page.images) == sum(path in known for path in mistakes.paths)
    assert all(image["alt"] for image in page.images)
    assert f"{mistakes.truth[0]}, called {mistakes.predicted[0]}" in page.text
    assert f"{100 * mistakes.confidence[0]:.1f} %" in page.text


def test_the_table_of_mistakes_holds_all(report: Path, evaluation) -> None:
    frame = pd.read_csv(report.with_name("report_data") / "mistakes.csv")
    mistakes = evaluation.confusion.mistakes
    assert frame["path"].tolist() == list(mistakes.paths)
    np.testing.assert_allclose(frame["confidence"], mistakes.confidence)


def test_definitions_and_provenance_stand_at_the_end(page: Page) -> None:
    end = page.text[page.text.index("Worst mistakes", page.text.index("Numbers:")) :]
    for words in ("Brier score", "20 bootstrap resamples", "seed 0", "data.cells"):
        assert words in end
    assert "not a medical device" in end


def test_the_same_numbers_give_the_same_page(report, evaluation, predictions, images, history):
    again = report.with_name("again") / "report.html"
    write_evaluation_report(evaluation, predictions, again, images=images, history=history)
    assert again.read_bytes() == report.read_bytes()


def test_without_pictures_it_says_so(evaluation, predictions, tmp_path) -> None:
    path = write_evaluation_report(evaluation, predictions, tmp_path / "a.html")
    page = assert_self_contained(path)
    assert "No pictures were at hand" in page.text
    assert page.images == []


def test_another_table_is_refused(evaluation, predictions, tmp_path) -> None:
    with pytest.raises(ReportError, match="is of 60 cells and 3 classes, the predictions table"):
        write_evaluation_report(evaluation, predictions.take([0, 1]), tmp_path / "a.html")
    shuffled = predictions.take(np.arange(60)[::-1])
    with pytest.raises(ReportError, match="Hand in the table that was evaluated, in its order"):
        write_evaluation_report(evaluation, shuffled, tmp_path / "a.html")


def test_cells_without_labels_cannot_be_evaluated(predictions) -> None:
    unlabelled = type(predictions).from_logits(
        list(predictions.paths), predictions.classes, predictions.logits
    )
    with pytest.raises(PredictionsError, match="no 'label' column"):
        evaluate(unlabelled)


@pytest.mark.slow
def test_it_stays_small_for_thousands_of_cells(tmp_path) -> None:
    table = opinions(3418, [f"class {i}" for i in range(8)], strength=1.0)
    pixels = np.random.default_rng(0).integers(0, 256, (3418, 48, 48, 3), np.uint8)
    images = CellTable(
        pd.DataFrame({"path": table.paths}), Path(), dict(zip(table.paths, pixels, strict=True))
    )
    evaluation = evaluate(table, resamples=20)
    path = write_evaluation_report(evaluation, table, tmp_path / "a.html", images=images)
    assert len(assert_self_contained(path).images) == 48
    assert path.stat().st_size < 5_000_000
