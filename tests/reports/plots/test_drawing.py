"""Every figure can be drawn, whatever the model and the cells, without a warning."""

from collections.abc import Iterator

import numpy as np
import pytest

from hemoscope.evaluation import Evaluation, evaluate
from hemoscope.opinions import ClassCounts
from hemoscope.predictions import Predictions
from hemoscope.reports.figure import Plot, svg
from hemoscope.reports.html.evaluation_report import report_sections
from hemoscope.reports.plots.class_counts import ClassCountsFigure
from tests.reports.opinions import opinions


def figures(evaluation: Evaluation) -> Iterator[Plot]:
    for section in report_sections(evaluation, None):
        yield from section.plots


def perfect(cells: int, size: int) -> Predictions:
    return opinions(cells, [f"class {i}" for i in range(size)], strength=30)


def useless(cells: int, size: int) -> Predictions:
    return opinions(cells, [f"class {i}" for i in range(size)], strength=0)


def constant(cells: int, size: int) -> Predictions:
    table = useless(cells, size)
    same = np.full((cells, size), 1 / size)
    return Predictions.from_probabilities(
        list(table.paths), table.classes, same, labels=list(np.asarray(table.labels))
    )


def absent(cells: int, size: int) -> Predictions:
    """The last class does not occur."""
    table = opinions(cells * 2, [f"class {i}" for i in range(size)])
    return table.take(np.flatnonzero(table.truth() != size - 1)[:cells])


@pytest.mark.slow
@pytest.mark.parametrize(
    ("make", "cells", "size"),
    [
        (perfect, 20, 2),
        (perfect, 200, 15),
        (useless, 20_000, 15),
        (useless, 20, 8),
        (constant, 20, 3),
        (absent, 60, 4),
        (perfect, 1, 2),
    ],
)
def test_all_figures(make, cells: int, size: int) -> None:
    evaluation = evaluate(make(cells, size), resamples=0)
    for figure in figures(evaluation):
        drawing = svg(figure)
        assert len(drawing) < 1_000_000, figure.name
        assert "NaN" not in drawing
        assert ">nan" not in drawing


def test_a_differential_of_no_cells() -> None:
    svg(ClassCountsFigure(ClassCounts.of(perfect(1, 2).take(np.array([], dtype=int)))))
