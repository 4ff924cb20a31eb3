"""Checks that look at the set as a whole."""

from collections.abc import Callable
from dataclasses import replace
from pathlib import Path

import numpy as np
import pandas as pd
import pytest

from hemoscope.audit.checks import CHECKS
from hemoscope.audit.checks.label_errors import judged_cells
from hemoscope.audit.checks.shortcuts import NOTEWORTHY, least_gain
from hemoscope.audit.examination import Examination
from hemoscope.cells import CellFailure, CellTable
from hemoscope.errors import HemoscopeError
from hemoscope.predictions import Predictions
from tests.audit.checks.conftest import examination

LABELS = ["a", "b"] * 50
SPLIT = ["train"] * 60 + ["test"] * 40


def test_a_size_that_tells_the_class_is_a_shortcut(make_case: Callable) -> None:
    width = np.where(np.array(LABELS) == "a", 360, 366)
    (finding,) = CHECKS["CELL020"](make_case(label=LABELS, facts={"width": width}))
    assert finding.severity.value == "serious"
    assert finding.figures["image size"] == 1.0
    assert finding.figures["majority"] == 0.5
    assert finding.evidence["evidence"].iloc[0] == "image size"
    assert (finding.evidence["gain"].iloc[1:] < 0.2).all()


def test_noise_is_no_shortcut(make_case: Callable) -> None:
    assert CHECKS["CELL020"](make_case(label=LABELS)) == []


def test_a_gain_must_exceed_three_standard_errors_too() -> None:
    assert least_gain(0.5, 100) == pytest.approx(0.15)
    assert least_gain(0.5, 1_000_000) == NOTEWORTHY


def test_the_second_batch_has_its_members(make_case: Callable) -> None:
    width = np.full(100, 360)
    width[[3, 8, 20, 50, 70]] = 366
    (finding,) = CHECKS["CELL021"](make_case(label=LABELS, facts={"width": width}))
    assert finding.evidence["path"].tolist() == [f"{i:03d}.png" for i in (3, 8, 20, 50, 70)]
    assert finding.figures["classes"] == {"a": 4, "b": 1}


def test_original_sizes_of_copies_count(make_case: Callable) -> None:
    sizes = [360] * 90 + [366] * 10
    (finding,) = CHECKS["CELL021"](make_case(original_width=sizes, original_height=sizes))
    assert finding.figures["files"] == 10


@pytest.mark.parametrize("odd", [0, 4, 50])
def test_few_odd_files_or_no_usual_ones_are_no_batch(make_case: Callable, odd: int) -> None:
    width = np.full(100, 360)
    width[:odd] = 366
    assert CHECKS["CELL021"](make_case(facts={"width": width})) == []


def test_balance(make_case: Callable) -> None:
    (finding,) = CHECKS["CELL030"](make_case(label=["a"] * 95 + ["b"] * 5))
    assert finding.figures == {"ratio": 19.0}
    assert CHECKS["CELL030"](make_case(label=LABELS)) == []


def test_few_cells_have_a_sentence_of_their_own(make_case: Callable) -> None:
    (finding,) = CHECKS["CELL030"](make_case(count=12, label=["a", "b"] * 6))
    assert finding.title == "Few cells in a class"
    assert finding.explanation.startswith("2 of 2 classes have fewer than 30 cells; ")
    assert "times fewer" not in finding.explanation
    assert finding.figures == {"ratio": 1.0}
    (finding,) = CHECKS["CELL030"](make_case(label=["a"] * 80 + ["b"] * 20))
    assert finding.explanation.startswith("1 of 2 classes has fewer than 30 cells; b has 20. ")
    (finding,) = CHECKS["CELL030"](make_case(label=["a"] * 95 + ["b"] * 5))
    assert finding.title == "Unbalanced classes"
    assert finding.explanation == "a has 95 cells and b has 5, 19.0 times fewer."


def test_few_groups_in_a_class(make_case: Callable) -> None:
    groups = [f"p{row // 2}" for row in range(100)]
    assert CHECKS["CELL031"](make_case(label=LABELS, group=groups)) == []
    few = ["p0" if label == "a" else name for label, name in zip(LABELS, groups, strict=True)]
    (finding,) = CHECKS["CELL031"](make_case(label=LABELS, group=few))
    assert finding.evidence.to_dict("records") == [{"label": "a", "groups": 1}]


def test_a_class_or_batch_that_a_part_lacks(make_case: Callable) -> None:
    assert CHECKS["CELL032"](make_case(label=LABELS, split=SPLIT, splits=["split"])) == []
    labels = [*LABELS[:60], *["a"] * 40]
    (finding,) = CHECKS["CELL032"](make_case(label=labels, split=SPLIT, splits=["split"]))
    assert finding.severity.value == "serious"
    assert finding.evidence.to_dict("records") == [
        {"split": "split", "what": "class", "name": "b", "part": "test"}
    ]
    width = np.where(np.arange(100) < 9, 366, 360)
    case = make_case(split=SPLIT, splits=["split"], facts={"width": width})
    (finding,) = CHECKS["CELL032"](case)
    assert finding.severity.value == "warning"
    assert finding.evidence["name"].tolist() == ["second batch"]


def test_drift_of_images(make_case: Callable) -> None:
    assert CHECKS["CELL040"](make_case()) == []
    assert CHECKS["CELL040"](make_case(reference=examination())) == []
    darker = examination(facts={"red": np.full(100, 80.0)})
    (finding,) = CHECKS["CELL040"](make_case(reference=darker))
    assert finding.evidence["measured"].iloc[0] == "red"
    assert finding.figures["red"] == 1.0


def test_a_reference_without_a_readable_image_is_told(make_case: Callable) -> None:
    gone = tuple(CellFailure(row, f"{row:03d}.png", "there is no such file") for row in range(100))
    (finding,) = CHECKS["CELL040"](make_case(reference=unreadable(gone)))
    assert finding.severity.value == "warning"
    assert finding.explanation.startswith("None of the 100 files of the reference can be read")


def unreadable(failures: tuple[CellFailure, ...]) -> Examination:
    whole = examination()
    return Examination(whole.table, whole.facts.iloc[:0], [], failures)


def test_drift_of_classes(make_case: Callable) -> None:
    same = examination(label=LABELS)
    assert CHECKS["CELL041"](make_case(label=LABELS, reference=same)) == []
    other = examination(label=["a"] * 100)
    (finding,) = CHECKS["CELL041"](make_case(label=LABELS, reference=other))
    assert finding.figures["distance"] == 0.5


def predicted(labels: list[str]) -> Predictions:
    rng = np.random.default_rng(0)
    sure = rng.uniform(0.9, 0.99, 100)
    is_a = np.array(LABELS) == "a"
    chances = np.where(is_a, sure, 1 - sure)
    names = [f"{row:03d}.png" for row in range(100)]
    return Predictions.from_probabilities(
        names, ["a", "b"], np.column_stack([chances, 1 - chances]), labels=labels
    )


def test_label_errors(make_case: Callable) -> None:
    pytest.importorskip("cleanlab")
    wrong = LABELS.copy()
    wrong[7], wrong[40] = "a", "b"
    (finding,) = CHECKS["CELL014"](make_case(predictions=predicted(wrong)))
    assert sorted(finding.evidence["path"]) == ["007.png", "040.png"]
    assert set(finding.evidence["suggested"]) == {"a", "b"}
    assert CHECKS["CELL014"](make_case(predictions=predicted(LABELS))) == []
    assert CHECKS["CELL014"](make_case()) == []


def cells(labels: list[str] | None, first: int = 0) -> CellTable:
    frame = pd.DataFrame({"path": [f"{first + row:03d}.png" for row in range(60)]})
    return CellTable(frame if labels is None else frame.assign(label=labels), Path())


def test_labels_are_those_of_the_source_matched_by_path() -> None:
    without = replace(predicted(LABELS), labels=None)
    judged = judged_cells(without, cells(["a", "b", "blast"] * 20, first=50))
    assert judged.paths.tolist() == [f"{row:03d}.png" for row in range(50, 100) if row % 3 != 1]
    assert judged.labels is not None
    assert judged.labels.tolist()[:3] == ["a", "b", "a"]
    by_table = dict(zip(without.paths, without.confidence, strict=True))
    assert judged.confidence.tolist() == [by_table[path] for path in judged.paths]
    kept = judged_cells(predicted(LABELS), cells(None)).labels
    assert kept is not None
    assert kept.tolist() == LABELS[:60]


@pytest.mark.parametrize(
    ("labels", "first", "message"),
    [
        (["a", "b"] * 30, 500, r"they have '000\.png', and SOURCE has '500\.png'\. Make them"),
        (None, 0, "neither SOURCE nor the predictions have labels"),
        (["blast"] * 60, 0, "none of the labels in SOURCE"),
    ],
)
def test_predictions_that_judge_nothing_are_refused(labels, first, message) -> None:
    with pytest.raises(HemoscopeError, match=message):
        judged_cells(replace(predicted(LABELS), labels=None), cells(labels, first))


def test_a_batch_that_only_its_background_gives_away(make_case: Callable) -> None:
    blue = np.random.default_rng(1).normal(200, 1, 100)
    blue[[4, 9, 30, 31, 60, 90]] += 30
    (finding,) = CHECKS["CELL021"](make_case(facts={"background_blue": blue}))
    assert finding.evidence["path"].tolist() == [f"{i:03d}.png" for i in (4, 9, 30, 31, 60, 90)]
    assert "background colour" in finding.explanation
    assert "JPEG" not in finding.explanation
