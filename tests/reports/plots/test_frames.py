"""Every figure hands out exactly the numbers of the result that it draws."""

import numpy as np
import pytest

from hemoscope.evaluation import Evaluation
from hemoscope.evaluation.intervals.wilson import clustered_wilson_limits
from hemoscope.opinions import ClassCounts
from hemoscope.predictions import Predictions
from hemoscope.reports.plots.calibration import (
    ClassReliabilityFigure,
    ConfidenceFigure,
    ReliabilityFigure,
)
from hemoscope.reports.plots.class_counts import ClassCountsFigure
from hemoscope.reports.plots.comparison import ForestFigure, ModelsFigure, differences_frame
from hemoscope.reports.plots.confusion import ConfusionFigure
from hemoscope.reports.plots.per_class import PerClassFigure
from hemoscope.reports.plots.precision_recall import PrecisionRecallFigure, PrevalenceFigure
from hemoscope.reports.plots.roc import RocFigure
from hemoscope.reports.plots.selection import RiskCoverageFigure, SeparationFigure
from tests.reports.opinions import opinions


def test_confusion(evaluation: Evaluation) -> None:
    frame = ConfusionFigure(evaluation.classes, evaluation.confusion).frame()
    first, second = evaluation.classes[:2]
    row = frame[(frame["truth"] == first) & (frame["predicted"] == second)]
    assert row["count"].item() == evaluation.confusion.matrix[0, 1]
    assert row["share_of_truth"].item() == evaluation.confusion.normalised[0, 1]
    assert frame["count"].sum() == evaluation.cells


def test_per_class(evaluation: Evaluation) -> None:
    frame = PerClassFigure(evaluation).frame().set_index(["class", "metric"])
    assert len(frame) == 9
    for name, report in evaluation.per_class.items():
        interval = evaluation.intervals[f"per_class.{name}.recall"]
        row = frame.xs((name, "recall"))
        assert tuple(row[["value", "low", "high", "support"]]) == (
            report.recall,
            interval.low,
            interval.high,
            report.support,
        )
        assert frame.loc[(name, "f1"), "value"] == report.f1


def test_roc(evaluation: Evaluation) -> None:
    frame = RocFigure(evaluation.roc).frame()
    named = {
        **evaluation.roc.per_class,
        "micro average": evaluation.roc.micro,
        "macro average": evaluation.roc.macro,
    }
    assert list(dict.fromkeys(frame["curve"])) == list(named)
    for name, figures in named.items():
        points = frame[frame["curve"] == name]
        assert figures.curve is not None
        np.testing.assert_array_equal(points["fpr"], figures.curve.fpr)
        np.testing.assert_array_equal(points["tpr"], figures.curve.tpr)
        if figures.curve.thresholds is not None:
            np.testing.assert_array_equal(points["threshold"], figures.curve.thresholds)


def test_precision_recall(evaluation: Evaluation) -> None:
    frame = PrecisionRecallFigure(evaluation.pr).frame()
    for name, figures in evaluation.pr.per_class.items():
        points = frame[frame["curve"] == name]
        assert figures.curve is not None
        np.testing.assert_array_equal(points["recall"], figures.curve.recall)
        np.testing.assert_array_equal(points["precision"], figures.curve.precision)
    assert {"micro average", "macro average"} <= set(frame["curve"])


def test_prevalence(evaluation: Evaluation) -> None:
    frame = PrevalenceFigure(evaluation.pr).frame()
    for name, figures in evaluation.pr.per_class.items():
        points, curve = frame[frame["class"] == name], figures.prevalence
        assert curve is not None
        np.testing.assert_array_equal(points["prevalence"], curve.prevalence)
        np.testing.assert_array_equal(points["precision_at_recall_0.9"], curve.precision)
        np.testing.assert_array_equal(points["average_precision"], curve.average_precision)
        assert set(points["observed_prevalence"]) == {curve.observed}


def test_reliability(evaluation: Evaluation) -> None:
    frame = ReliabilityFigure(evaluation.calibration).frame()
    for bins, diagram in (
        ("equal width", evaluation.calibration.diagram),
        ("equal mass", evaluation.calibration.adaptive_diagram),
    ):
        rows = frame[frame["bins"] == bins]
        np.testing.assert_array_equal(rows["count"], diagram.count)
        np.testing.assert_array_equal(rows["stated"], diagram.stated)
        np.testing.assert_array_equal(rows["observed"], diagram.observed)
        np.testing.assert_array_equal(rows["observed_low"], diagram.low)
        np.testing.assert_array_equal(rows["high_edge"], diagram.edges[1:])


def test_reliability_by_class(evaluation: Evaluation) -> None:
    frame = ClassReliabilityFigure(evaluation.calibration).frame()
    for name, figures in evaluation.calibration.per_class.items():
        rows = frame[frame["class"] == name]
        np.testing.assert_array_equal(rows["observed"], figures.diagram.observed)


def test_confidence(evaluation: Evaluation) -> None:
    frame = ConfidenceFigure(evaluation.calibration).frame()
    assert frame["right"].sum() == round(evaluation.accuracy * evaluation.cells)
    assert frame["wrong"].sum() == evaluation.confusion.mistakes.count


def test_separation(evaluation: Evaluation) -> None:
    frame = SeparationFigure(evaluation.separation).frame()
    for name, figures in evaluation.separation.per_class.items():
        rows = frame[frame["class"] == name]
        np.testing.assert_array_equal(rows["positive"], figures.histogram.positive)
        np.testing.assert_array_equal(rows["negative"], figures.histogram.negative)


def test_risk_coverage(evaluation: Evaluation) -> None:
    frame = RiskCoverageFigure(evaluation.selective).frame()
    np.testing.assert_array_equal(frame["risk"], evaluation.selective.curve.risk)
    assert frame["risk"].iloc[-1] == pytest.approx(1 - evaluation.accuracy)


def test_comparison(comparison) -> None:
    paths = ("accuracy", "macro.f1")
    frame = ForestFigure(comparison, paths).frame()
    assert len(frame) == 6
    pair = comparison.pairs[0]
    row = frame[(frame["figure"] == "accuracy") & (frame["second"] == pair.second)].iloc[0]
    told = pair.differences["accuracy"]
    assert (row["difference"], row["low"]) == (told.difference, told.interval.low)
    every = differences_frame(comparison)
    assert set(every["figure"]) == set().union(*(p.differences for p in comparison.pairs))
    models = ModelsFigure(comparison, paths).frame()
    assert list(models["model"]) == [*comparison.models, *comparison.models]
    assert models["value"].iloc[0] == comparison.evaluations["A & B"].accuracy


def test_differential() -> None:
    table = opinions(100, ("a", "b"))
    frame = ClassCountsFigure(ClassCounts.of(table)).frame()
    assert frame["cells"].tolist() == [(table.predicted == c).sum() for c in (0, 1)]
    assert frame["share"].sum() == pytest.approx(1)
    # Wilson's interval, written out.
    n, p, z = 100, frame["share"][0], 1.959963984540054
    centre = (p + z**2 / (2 * n)) / (1 + z**2 / n)
    half = z / (1 + z**2 / n) * np.sqrt(p * (1 - p) / n + z**2 / (4 * n**2))
    assert frame["low"][0] == pytest.approx(centre - half, abs=1e-12)
    assert frame["high"][0] == pytest.approx(centre + half, abs=1e-12)


def test_differential_of_grouped_cells() -> None:
    plain = opinions(100, ("a", "b"))
    groups = [f"patient {i % 5}" for i in range(100)]
    table = Predictions.from_probabilities(
        list(plain.paths), "ab", plain.probabilities, groups=groups
    )
    frame = ClassCountsFigure(ClassCounts.of(table)).frame()
    indices = np.array([i % 5 for i in range(100)])
    limits = clustered_wilson_limits(table.predicted == 1, np.ones(100), indices)
    assert (frame["low"][1], frame["high"][1]) == limits


def test_differential_of_nothing() -> None:
    frame = ClassCountsFigure(
        ClassCounts.of(opinions(1, ("a", "b")).take(np.array([], dtype=int)))
    ).frame()
    assert frame["cells"].tolist() == [0, 0]
    assert frame[["share", "low", "high"]].isna().all(axis=None)
