from pathlib import Path

import pandas as pd
from study.learning_curves import SPLIT, few_labels, points

from hemoscope.cells import CellTable
from hemoscope.reports.figure import svg
from hemoscope.reports.plots.learning_curve import LearningCurveFigure


def table() -> CellTable:
    rows = [
        (f"{label}{part}{i}", label, part)
        for label, size in (("a", 30), ("b", 7))
        for part in ("train", "val", "test")
        for i in range(size)
    ]
    frame = pd.DataFrame(rows, columns=["path", "label", "split"], dtype=object)
    return CellTable(frame, Path())


def test_few_labels_are_few_nested_and_judged_on_all_test_cells():
    few = {n: few_labels(table(), "split", n, seed=1) for n in ("5", "10", "all")}
    counts = {
        n: t.frame[t.frame[SPLIT] == "train"]["label"].value_counts().to_dict()
        for n, t in few.items()
    }
    assert counts == {"5": {"a": 5, "b": 5}, "10": {"a": 10, "b": 7}, "all": {"a": 30, "b": 7}}
    for each in few.values():
        assert (each.frame[SPLIT] == "test").sum() == 37
        assert (each.frame[SPLIT] == "val").sum() == 4
        assert (each.frame["split"] == each.frame[SPLIT]).all()
    five, ten = (set(few[n].where(SPLIT, "train").paths) for n in ("5", "10"))
    assert five < ten
    other = few_labels(table(), "split", "5", seed=2).where(SPLIT, "train")
    assert set(other.paths) != five


def test_every_point_has_its_own_place():
    names = [point.name for point in points(["5", "all"], 3)]
    assert len(set(names)) == len(names) == 2 * 3 * 3


def test_the_figure_gives_the_spread_of_seeds():
    rows = [
        {"start": start, "labels_a_class": n, "seed": seed, "accuracy": 0.5 + n / 50 + seed / 100}
        for start in ("normal", "nothing")
        for n in (5, 10)
        for seed in (1, 2, 3)
    ]
    figure = LearningCurveFigure(pd.DataFrame(rows))
    marks = figure.frame()
    assert marks["seeds"].tolist() == [3] * 4
    assert (marks["high"] - marks["low"]).round(6).tolist() == [0.02] * 4
    assert "Labelled training cells of each class" in svg(figure)
