"""The figures of a pruning."""

import pandas as pd
import pytest

from hemoscope.reports.errors import ReportError
from hemoscope.reports.figure import svg
from hemoscope.reports.plots.pruning import GuidesFigure, PruningFigure, ScoresFigure

CURVE = pd.DataFrame(
    {
        "step": [0, 1, 2],
        "accepted": [True, True, False],
        "parameters": [357_485_544, 189_000_000, 55_000_000],
        "latency_ms": [80.0, 50.0, 20.0],
        "val_accuracy": [0.98, 0.979, 0.9],
    }
)
SCORES = pd.DataFrame(
    {
        "block": [0, 0, 0],
        "head": pd.array([None, 0, 1], dtype="Int64"),
        "entropy": [0.5, 0.4, 0.6],
        "rollout": [1.0, 0.7, 0.3],
        "influence": [0.2, None, None],
        "gradient": [1.0, 0.0, 0.0],
    }
)


def test_a_curve_is_drawn_and_handed_out() -> None:
    figure = PruningFigure(CURVE, 0.2)
    assert figure.frame().equals(CURVE)
    drawing = svg(figure)
    assert "Over it, undone" in drawing
    assert "200 M" in drawing


def test_an_original_alone_is_a_curve_too() -> None:
    assert "Within the budget" not in svg(PruningFigure(CURVE[:1], 0.2))


def test_guides_are_means_over_their_seeds() -> None:
    seeds = [CURVE.assign(guide="random", seed=seed) for seed in (0, 1)]
    seeds[1]["val_accuracy"] -= 0.01
    steps = pd.concat([CURVE.assign(guide="attention", seed=0), *seeds])
    figure = GuidesFigure(steps)
    frame = figure.frame().set_index(["guide", "step"])
    assert frame.loc[("random", 1), "seeds"] == 2
    assert frame.loc[("random", 1), "val_accuracy"] == pytest.approx(0.974)
    assert frame.loc[("random", 1), "lowest"] == pytest.approx(0.969)
    assert frame.loc[("attention", 2), "highest"] == pytest.approx(0.9)
    assert "attention" in svg(figure)


def test_scores_are_drawn_even_where_they_are_all_alike() -> None:
    assert "Block influence" in svg(ScoresFigure(SCORES))
    svg(ScoresFigure(SCORES.assign(entropy=1.0, rollout=0.5, gradient=0.0)))


def test_a_table_of_something_else_is_refused() -> None:
    with pytest.raises(ReportError, match="lacks latency_ms"):
        PruningFigure(CURVE.drop(columns="latency_ms"), 0.2)
    with pytest.raises(ReportError, match="lacks rows"):
        GuidesFigure(CURVE.assign(guide="", seed=0)[:0])
