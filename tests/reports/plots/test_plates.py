"""Plates: the numbers are those of each model's own figure, and any number of models is drawn."""

import re
from dataclasses import replace

import numpy as np
import pandas as pd
import pytest

from hemoscope.evaluation import Evaluation
from hemoscope.reports.figure import Plot, svg
from hemoscope.reports.plots.confusion import ConfusionFigure
from hemoscope.reports.plots.plates import (
    ClassReliabilityPlate,
    ConfusionPlate,
    HistoryPlate,
    PrecisionRecallPlate,
    ReliabilityPlate,
    RocPlate,
)
from hemoscope.reports.plots.precision_recall import PrecisionRecallFigure
from hemoscope.reports.plots.roc import RocFigure

NAMES = ("one & two", "<b>", "C", "D")


def plates(found: Evaluation, history: pd.DataFrame, count: int) -> list[Plot]:
    names = NAMES[:count]
    calibration = dict.fromkeys(names, found.calibration)
    return [
        HistoryPlate(dict.fromkeys(names, history)),
        RocPlate(dict.fromkeys(names, found.roc)),
        PrecisionRecallPlate(dict.fromkeys(names, found.pr)),
        ReliabilityPlate(calibration),
        ClassReliabilityPlate(calibration),
        ConfusionPlate(found.classes, dict.fromkeys(names, found.confusion)),
    ]


@pytest.mark.parametrize("count", [1, 3])
def test_every_model_has_its_name_in_every_plate(evaluation, history, count):
    for plate in plates(evaluation, history, count):
        drawn = svg(plate)
        for name in ("one &amp; two", "&lt;b&gt;", "C", "D")[:count]:
            assert re.search(f">{re.escape(name)}(:[^<]*)?<", drawn), (plate.name, name)


def test_the_numbers_are_those_of_each_models_own_figure(comparison):
    models = {name: comparison.evaluations[name] for name in comparison.models}
    for plate, figure in (
        (RocPlate({n: e.roc for n, e in models.items()}), lambda e: RocFigure(e.roc)),
        (
            PrecisionRecallPlate({n: e.pr for n, e in models.items()}),
            lambda e: PrecisionRecallFigure(e.pr),
        ),
        (
            ConfusionPlate(comparison.classes, {n: e.confusion for n, e in models.items()}),
            lambda e: ConfusionFigure(e.classes, e.confusion),
        ),
    ):
        frame = plate.frame()
        for name, found in models.items():
            own = frame[frame["model"] == name].drop(columns="model").reset_index(drop=True)
            pd.testing.assert_frame_equal(own, figure(found).frame())


def test_precision_and_recall_are_shown_whole_unless_every_model_is_good(comparison):
    found = {name: each.pr for name, each in comparison.evaluations.items()}
    corner = {name: _reaching(pr, 0.9) for name, pr in found.items()}
    low = {**corner, "bad": _reaching(next(iter(found.values())), 0.3)}
    for models, bottom in ((corner, 0.8), (low, 0.0)):
        drawn = PrecisionRecallPlate(models).plot()
        assert {axes.get_xlim()[0] for axes in drawn.axes} == {bottom}
        assert {axes.get_ylim()[0] for axes in drawn.axes} == {bottom}


def _reaching(pr, level):
    """The same figures with a macro curve that is flat at a level."""
    curve = replace(pr.macro.curve, precision=np.full_like(pr.macro.curve.recall, level))
    return replace(pr, macro=replace(pr.macro, curve=curve))


def test_reliability_has_a_row_a_model_and_bin(evaluation, history):
    *_, overall, by_class, _ = plates(evaluation, history, 2)
    bins = len(evaluation.calibration.diagram.count)
    assert len(overall.frame()) == 2 * bins
    assert len(by_class.frame()) == 2 * bins * len(evaluation.classes)
    assert by_class.frame()["count"].sum() == 2 * evaluation.cells * len(evaluation.classes)
