"""The generated blocks: nothing, a part, and a reduced study."""

import json
import shutil

import pytest
from study.markdown import fill, limits, number, p_value, table
from study.page.blocks import OURS, blocks
from study.page.plates import draw, plates_text
from study.plan import Plan

PAGE = "above\n<!-- table {} -->\nold\n<!-- end -->\nbelow"
TWINS = {
    "split_column": "clean_split",
    "training_cells": 800,
    "with_twin": {"right": 9, "cells": 10, "accuracy": 0.9, "low": 0.596, "high": 0.982},
    "without_twin": {"right": 0, "cells": 0, "accuracy": None, "low": None, "high": None},
    "difference": None,
    "without_twin_same_classes": None,
}
CHANGE = {"before": 0.02, "after": 0.01, "difference": -0.01}
SURE = {**CHANGE, "difference_95": [-0.02, 0.0]}
FIGURES = ("ece", "nll", "brier")
METHODS = {
    "temperature": {
        "cells": 160, "parameters": {"temperature": 1.5},
        "changes": dict.fromkeys(("ece", "nll", "brier"), CHANGE),
    },
    "class-temperature": {
        "cells": 160, "parameters": {"temperatures": [0.5, 2.0]},
        "changes": dict.fromkeys(FIGURES, SURE),
    },
    "isotonic": {"refused": "too few mistakes"},
}  # fmt: skip


def test_a_block_is_filled_and_everything_else_stays():
    assert fill(PAGE.format("one"), {"one": lambda: "new\n"}) == PAGE.format("one").replace(
        "old", "new"
    )
    assert fill(PAGE.format("other"), {}, skip=f"(?!{OURS}$).*") == PAGE.format("other")
    with pytest.raises(KeyError):
        fill(PAGE.format("study-nowhere"), {}, skip=f"(?!{OURS}$).*")


def test_figures_are_written_with_true_signs():
    assert number(None) == "–"
    assert number(-0.00001, "{:+.4f}") == "0.0000"
    assert number(-0.5, "{:+.1f}", scale=100) == "−50.0"
    assert limits((-1, 0.25), "{:+.2f}") == "−1.00 to +0.25"
    assert (p_value(None), p_value(0.0001), p_value(0.0421)) == ("–", "< 0.001", "0.042")
    assert table(("a", "b"), [("1", "2")], align="lr") == "| a | b |\n| --- | --: |\n| 1 | 2 |"


def test_without_results_every_block_says_so(tmp_path):
    (tmp_path / "results").mkdir()
    written = blocks(tmp_path / "results", Plan.read())
    for name in ("study-table-3", "study-plates", "study-leakage", "study-calibration"):
        assert written[name]() == "*Not run yet (`replica/*` of the plan).*"
    assert written["study-variants-tests"]() == "*Not run yet (`variants/*` of the plan).*"


def test_whole_and_reduced_stand_apart_and_are_named(make, tmp_path):
    make("inception_v3-text", 1)
    less = make("inception_v3-text", 1, study="study-reduced", skill=2.0)
    (less.parents[1] / "reduced.json").write_text('{"epochs": 2, "seeds": 1}', encoding="utf-8")
    text = blocks(tmp_path / "results", Plan.read())["study-variants"]()
    full, reduced = text.split("*Reduced study: 2 epochs, 1 seed:*")
    assert full.startswith("*Full study:*")
    assert full.count("`inception_v3-text`") == reduced.count("`inception_v3-text`") == 1
    made = blocks(tmp_path / "results", Plan.read())["study-variants-made"]()
    assert "--only 'variants/*' --reduced\n" in made
    assert "| `inception_v3-text` | 1 | 3 | clean_split | 800 / 160 | 3 |" in made


def test_evidence_of_the_study_once_it_is_gathered(make, tmp_path):
    folder = make("inception_v3-text", 1)
    waiting = blocks(tmp_path / "results", Plan.read())
    assert "Not gathered yet" in waiting["study-leakage"]()
    assert "Not gathered yet" in waiting["study-calibration"]()
    (folder / "twins.json").write_text(json.dumps(TWINS), encoding="utf-8")
    told = {"fitted_on": "val", "methods": METHODS}
    (folder / "calibrations.json").write_text(json.dumps(told), encoding="utf-8")
    written = blocks(tmp_path / "results", Plan.read())
    row = written["study-leakage"]().splitlines()[-1]
    assert row == (
        "| `inception_v3-text` seed 1 | `clean_split` | 800 | 9 of 10, 90.00 % (59.6 to 98.2) | – "
        "| – | – | – |"
    )
    one, each, isotonic = written["study-calibration"]().splitlines()[-3:]
    assert "| temperature | 1.50 | 0.0200 | 0.0100 | −0.0100 |" in one
    assert (
        "| class-temperature | 0.50 to 2.00 | 0.0200 | 0.0100 | −0.0100 (−0.0200 to 0.0000)" in each
    )
    assert "| isotonic | refused | – |" in isotonic
    assert one.count("|") == each.count("|") == isotonic.count("|")


def test_plates_of_the_replicas_that_are_there(make, read, tmp_path):
    assert draw(read(), tmp_path / "docs") == []
    make("inception_v3-table2", 42)
    make("customcnn-table2", 42, skill=2.0)
    files = draw(read(), tmp_path / "docs")
    assert len(files) == 6
    text = plates_text(read())
    for file in files:
        assert file.stat().st_size > 1000
        assert f"({file.relative_to(tmp_path / 'docs').as_posix()})" in text
    assert "CustomCNN seed 42, InceptionV3 seed 42; full study" in text
    before = files[0].read_bytes()
    shutil.rmtree(tmp_path / "docs")
    assert draw(read(), tmp_path / "docs")[0].read_bytes() == before
