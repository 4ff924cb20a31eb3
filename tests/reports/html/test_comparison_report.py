from pathlib import Path

import pandas as pd
import pytest

from hemoscope.evaluation import compare
from hemoscope.reports import write_comparison_report
from tests.reports.opinions import opinions
from tests.reports.reading import Page, assert_self_contained


@pytest.fixture(scope="module")
def report(tmp_path_factory, comparison) -> Path:
    return write_comparison_report(comparison, tmp_path_factory.mktemp("c") / "c.html")


@pytest.fixture(scope="module")
def page(report: Path) -> Page:
    return assert_self_contained(report)


def test_every_model_stands_in_it(page: Page, comparison) -> None:
    assert "3 models on the same 60 cells" in page.text
    for model in comparison.models:
        assert model in page.text
        assert f"{100 * comparison.evaluations[model].accuracy:.2f} %" in page.text


def test_the_papers_tables_stand_in_it(page: Page, comparison) -> None:
    for caption in ("Table 3: precision by class", "Table 3: F1 by class", "Table 4", "Table 5"):
        assert caption in page.text
    recall = comparison.evaluations["C"].per_class["basophil"].recall
    assert f"{recall:.4f}" in page.text


def test_tests_stand_in_it(page: Page, comparison) -> None:
    told = comparison.pairs[0].mcnemar
    assert f"{told.p:.2g}" in page.text or told.p < 0.0001
    assert "DeLong's paired test" in page.text
    assert "Over seeds" in page.text


def test_all_differences_are_beside_it(report: Path, comparison) -> None:
    folder = report.with_name("c_data")
    assert {f.stem for f in folder.iterdir()} == {"models", "differences", "all-differences"}
    every = pd.read_csv(folder / "all-differences.csv")
    assert len(every) == sum(len(pair.differences) for pair in comparison.pairs)


def test_equal_models_are_not_told_apart(tmp_path) -> None:
    same = {"one": opinions(40, "ab"), "two": opinions(40, "ab")}
    page = assert_self_contained(
        write_comparison_report(compare(same, resamples=0), tmp_path / "c.html")
    )
    assert "one and two, with" in page.text
    assert "these cells do not show that one is more accurate than the other" in page.text
