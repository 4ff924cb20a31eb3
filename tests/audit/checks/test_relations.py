from collections.abc import Callable

import pytest

from hemoscope.audit.checks import CHECKS

LABELS = ["a", "b"] * 50
SPLIT = ["train"] * 90 + ["test"] * 10


@pytest.mark.parametrize(
    ("code", "kind"), [("CELL010", "exact"), ("CELL011", "near"), ("CELL012", "overlap")]
)
def test_each_kind_has_its_code(make_case: Callable, code: str, kind: str) -> None:
    pairs = [{"first": 0, "second": 2, "kind": kind}, {"first": 2, "second": 95, "kind": kind}]
    case = make_case(pairs=pairs, label=LABELS, split=SPLIT, splits=["split"])
    (finding,) = CHECKS[code](case)
    assert finding.figures == {"pairs": 2, "cells": 3, "groups": 1}
    assert finding.evidence["labels_agree"].tolist() == [True, False]
    assert finding.evidence["split_torn"].tolist() == [False, True]
    others = {"CELL010", "CELL011", "CELL012"} - {code}
    assert all(CHECKS[other](case) == [] for other in others)


@pytest.mark.parametrize(
    ("pair", "fires"),
    [
        ({"first": 0, "second": 1, "kind": "exact"}, True),
        ({"first": 0, "second": 1, "kind": "near"}, True),
        ({"first": 0, "second": 2, "kind": "exact"}, False),  # the labels agree
        ({"first": 0, "second": 1, "kind": "near", "shift_x": 0.08}, False),  # another cell
        ({"first": 0, "second": 1, "kind": "overlap", "shift_y": -0.3}, False),
    ],
)
def test_contradictory_labels(make_case: Callable, pair: dict, fires: bool) -> None:
    found = CHECKS["CELL013"](make_case(pairs=[pair], label=LABELS))
    assert bool(found) is fires
    assert all(finding.severity.value == "serious" for finding in found)


def test_a_torn_group_is_serious_and_counted(make_case: Callable) -> None:
    pairs = [
        {"first": 0, "second": 95, "kind": "overlap"},
        {"first": 1, "second": 2, "kind": "near"},
    ]
    case = make_case(pairs=pairs, split=SPLIT, splits=["split"])
    (finding,) = CHECKS["CELL033"](case)
    assert finding.severity.value == "serious"
    assert finding.evidence["path"].tolist() == ["000.png", "095.png"]
    assert finding.figures == {"split": "split", "groups": 1, "cells": 2}


def test_excluded_cells_tear_nothing(make_case: Callable) -> None:
    split = ["train"] * 90 + ["excluded"] * 10
    pairs = [{"first": 0, "second": 95, "kind": "overlap"}]
    assert CHECKS["CELL033"](make_case(pairs=pairs, split=split, splits=["split"])) == []


def test_given_groups(make_case: Callable) -> None:
    torn = [f"p{row // 4}" for row in range(100)]  # rows 88 to 91 stand on both sides
    (finding,) = CHECKS["CELL034"](make_case(group=torn, split=SPLIT, splits=["split"]))
    assert finding.figures["cells"] == 4
    whole = [f"p{row // 10}" for row in range(100)]
    assert CHECKS["CELL034"](make_case(group=whole, split=SPLIT, splits=["split"])) == []
