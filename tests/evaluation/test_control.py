import numpy as np
import pytest
from scipy.stats import binom

from hemoscope.evaluation.control import pathological_probability, source_control
from hemoscope.evaluation.errors import EvaluationError
from hemoscope.predictions import Predictions

FOUND = [True] * 50


@pytest.mark.parametrize(("called", "cells"), [(0, 60), (3, 123), (40, 41), (7, 616)])
def test_the_limits_are_the_shares_at_which_so_few_are_just_unlikely(called, cells) -> None:
    flags = np.arange(cells) < called
    control = source_control(flags, flags)
    assert control.share == control.sensitivity == called / cells
    assert binom.cdf(called, cells, control.upper) == pytest.approx(0.05)
    if called:
        assert binom.sf(called - 1, cells, control.lower) == pytest.approx(0.05)
    else:
        assert control.lower == 0


def test_all_called_pathological_has_no_limit_below_one() -> None:
    assert source_control([True, True], FOUND).upper == 1


@pytest.mark.parametrize(
    ("called", "cells", "passed"),
    [
        *((0, 59, True), (0, 58, False), (1, 93, True), (2, 93, False), (6, 123, False)),
        *((1, 123, True), (2, 123, False), (21, 616, True), (22, 616, False)),  # as the docs say
    ],
)
def test_the_word_detection_needs_an_upper_limit_within_five_percent(called, cells, passed) -> None:
    control = source_control(np.arange(cells) < called, FOUND)
    assert control.passed == passed
    assert control.verdict.startswith("control passed" if passed else "not leukaemia detection")
    assert f"{called} of {cells}" in control.verdict


def test_a_model_that_never_says_pathological_does_not_pass() -> None:
    control = source_control([False] * 616, [False] * 122)
    assert control.upper < 0.01
    assert control.verdict.startswith("not leukaemia detection")
    assert not source_control([False] * 616, np.arange(122) < 61).passed


def test_without_control_cells_nothing_is_judged() -> None:
    with pytest.raises(EvaluationError, match="0 control cells and 50 pathological"):
        source_control([], FOUND)
    with pytest.raises(EvaluationError, match="between 0 and 1"):
        source_control([True], FOUND, limit=5)


def test_the_probability_of_pathology_is_summed() -> None:
    table = Predictions.from_probabilities(
        ["a", "b"], ["x", "y", "z"], [[0.1, 0.2, 0.7], [0.5, 0.5, 0]]
    )
    np.testing.assert_allclose(pathological_probability(table, ["y", "z"]), [0.9, 0.5])
    for wrong in ([], ["x", "y", "z"], ["w"]):
        with pytest.raises(EvaluationError, match="must be some of x, y, z"):
            pathological_probability(table, wrong)
