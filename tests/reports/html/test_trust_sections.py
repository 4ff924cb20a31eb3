from dataclasses import replace
from pathlib import Path

import pytest

from hemoscope.calibration import Trust, accept, conformalise, fit
from hemoscope.calibration.assessment import Assessment, assess
from hemoscope.reports import write_evaluation_report
from hemoscope.reports.html.trust_sections import trust_sections
from hemoscope.reports.plots.recalibration import RecalibrationFigure
from tests.calibration.simulate import drawn
from tests.reports.reading import assert_self_contained

FITTED = drawn(1500, temperature=2.0, spread=6.0)
NEW = drawn(400, seed=4, temperature=2.0, spread=6.0, prefix="new/")
TRUST = Trust(fit(FITTED, "temperature"), conformalise(FITTED, 0.05), accept(FITTED, 0.1))


@pytest.fixture(scope="module")
def assessment() -> Assessment:
    return assess(TRUST, NEW, resamples=50)


def test_the_page_tells_what_calibration_did(assessment: Assessment, tmp_path: Path):
    path = tmp_path / "r.html"
    write_evaluation_report(
        assessment.after, TRUST.apply(NEW), path, assessment=assessment, figure_formats=["png"]
    )
    page = assert_self_contained(path)
    assert "Calibrated by the method “temperature”, fitted on 1,500 cells." in page.text
    assert "It made the probabilities better: the log-likelihood rose." in page.text
    assert "were fitted to hold the true class of at least 95.0 % of the cells" in page.text
    assert "When it was fitted: An error of at most 10 % among accepted cells" in page.text
    ece = assessment.before.calibration.ece
    assert f"Before: ECE {ece:.4f}" in path.read_text(encoding="utf-8")
    assert (tmp_path / "r_data" / "recalibration.png").stat().st_size > 10_000


def test_the_fitting_cells_are_counted_not_listed(assessment: Assessment, tmp_path: Path):
    path = write_evaluation_report(assessment.after, TRUST.apply(NEW), tmp_path / "r.html")
    assert TRUST.calibrator.fitted_cells.digests not in path.read_text(encoding="utf-8")
    assert "calibration.fitted_cells" in assert_self_contained(path).text


def test_the_figure_hands_out_both_diagrams(assessment: Assessment):
    before, after = assessment.before.calibration, assessment.after.calibration
    frame = RecalibrationFigure(before, after).frame()
    for name, calibration in (("before", before), ("after", after)):
        drawn_counts = frame[frame["probabilities"] == name]["count"]
        assert list(drawn_counts) == list(calibration.diagram.count)


def test_what_was_not_fitted_has_no_section(assessment: Assessment):
    bare = replace(assessment, conformal=None, acceptance=None)
    assert [part.anchor for part in trust_sections(bare)] == ["recalibration"]


def test_it_claims_no_more_than_the_interval(assessment: Assessment):
    change = assessment.changes["calibration.nll"]
    assert change.interval is not None
    verdicts = {}
    for low, high in ((-0.2, -0.1), (-0.1, 0.1), (0.1, 0.2)):
        moved = replace(change, interval=replace(change.interval, low=low, high=high))
        told = replace(assessment, changes={**assessment.changes, "calibration.nll": moved})
        verdicts[low] = trust_sections(told)[0].meaning
    assert "better: " in verdicts[-0.2]
    assert "do not show" in verdicts[-0.1]
    assert "worse: " in verdicts[0.1]
