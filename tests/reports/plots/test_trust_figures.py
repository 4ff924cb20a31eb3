"""The figures of a calibration: the differential, and the scores for unknown cells."""

import numpy as np

from hemoscope.calibration.differential import Confusion, Differential, Tally, count_cells
from hemoscope.calibration.unknown import compare_methods, leave_one_class_out
from hemoscope.reports.figure import svg
from hemoscope.reports.plots.per_hundred import PerHundredFigure
from hemoscope.reports.plots.unknown import UnknownFigure
from tests.calibration.unknown.planted import known

CLASSES = ("basophil", "eosinophil", "erythroblast", "lymphocyte", "neutrophil", "platelet")


def counted(called: list[int]) -> Differential:
    size = len(CLASSES)
    rows = tuple(tuple(95 if t == p else 1 for p in range(size)) for t in range(size))
    return count_cells(CLASSES, Tally.of(called, None, size), Confusion(rows))


def test_the_differential_puts_white_cells_first():
    told = counted([1, 3, 2, 30, 60, 12])
    frame = PerHundredFigure(told).frame()
    assert list(frame["class"][-2:]) == ["erythroblast", "platelet"]
    expected = told.frame().set_index("class").loc[frame["class"]]
    assert (frame.set_index("class") == expected).all(axis=None)
    drawing = svg(PerHundredFigure(told))
    for text in ("White cells", "Counted apart", "63.8", "(60)"):
        assert text in drawing


def test_a_differential_of_nothing_can_be_drawn():
    assert "(0)" in svg(PerHundredFigure(counted([0] * 6)))
    assert "(9)" in svg(PerHundredFigure(counted([0, 0, 0, 0, 0, 9])))


def test_the_comparison_shows_every_score_and_trial():
    compared = compare_methods(leave_one_class_out(known(400)))
    figure = UnknownFigure(compared)
    assert (figure.frame() == compared.frame()).all(axis=None)
    drawing = svg(figure)
    for name in np.unique(figure.frame()[["method", "trial"]]):
        assert name in drawing
