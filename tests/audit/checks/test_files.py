from collections.abc import Callable

import numpy as np
import pytest

from hemoscope.audit.checks import CHECKS
from hemoscope.cells import CellFailure


def first(value: object, usual: object) -> np.ndarray:
    """The first of a hundred values is another one."""
    column = np.full(100, usual, dtype=object if isinstance(usual, str) else float)
    column[0] = value
    return column


WRONG = {
    "CELL002": {"format": first("JPEG", "PNG")},
    "CELL003": {"width": first(1200, 360)},
    "CELL004": {"colour": first(0.5, 60.0)},
    "CELL005": {"saturated": first(0.6, 0.0)},
    "CELL006": {"sharpness": first(0.001, 0.1)},
}


@pytest.mark.parametrize("code", WRONG)
def test_it_fires_on_the_one_wrong_file(make_case: Callable, code: str) -> None:
    (finding,) = CHECKS[code](make_case(facts=WRONG[code]))
    assert finding.code == code
    assert finding.evidence["path"].tolist() == ["000.png"]
    assert finding.explanation.startswith("1 of 100 ")


@pytest.mark.parametrize("code", WRONG)
def test_it_is_silent_on_like_files(make_case: Callable, code: str) -> None:
    assert CHECKS[code](make_case()) == []


def test_a_long_image_is_extreme(make_case: Callable) -> None:
    (finding,) = CHECKS["CELL003"](make_case(facts={"height": first(600, 363)}))
    assert finding.evidence["height"].tolist() == [600]


def test_unreadable_files_are_serious(make_case: Callable) -> None:
    failures = (CellFailure(3, "x.png", "the file is empty (0 bytes)"),)
    (finding,) = CHECKS["CELL001"](make_case(failures=failures))
    assert finding.severity.value == "serious"
    assert finding.evidence.to_dict("records") == [
        {"path": "x.png", "cause": "the file is empty (0 bytes)"}
    ]
    assert CHECKS["CELL001"](make_case()) == []
