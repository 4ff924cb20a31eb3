import numpy as np
import pytest
from scipy.stats import binom

from hemoscope.evaluation.control import pathological_probability, source_control
from hemoscope.evaluation.errors import EvaluationError
from hemoscope.predictions import Predictions


@pytest.mark.parametrize(("called", "cells"), [(0, 60), (3, 123), (40, 41), (7, 616)])
def test_the_limit_is_the_share_at_which_so_few_are_just_unlikely(called, cells) -> None:
    control = source_control([True] * called + [False] * (cells - called))
    assert control.share == called / cells
    assert binom.cdf(called, cells, control.upper) == pytest.approx(0.05)


def test_all_called_pathological_has_no_limit_below_one() -> None:
    assert source_control([True, True]).upper == 1


@pytest.mark.parametrize(
    ("called", "cells", "small"),
    [(0, 59, True), (0, 58, False), (1, 93, True), (2, 93, False), (6, 123, False)],
)
def test_the_word_detection_needs_an_upper_limit_within_five_percent(called, cells, small) -> None:
    control = source_control(np.arange(cells) < called)
    assert control.small == small
    assert control.verdict.startswith("control passed" if small else "not leukaemia detection")
    assert f"{called} of {cells}" in control.verdict


def test_without_control_cells_nothing_is_judged() -> None:
    with pytest.raises(EvaluationError, match="no control cells"):
        source_control([])
    with pytest.raises(EvaluationError, match="between 0 and 1"):
        source_control([True], limit=5)


def test_the_probability_of_pathology_is_summed() -> None:
    table = Predictions.from_probabilities(
        ["a", "b"], ["x", "y", "z"], [[0.1, 0.2, 0.7], [0.5, 0.5, 0]]
    )
    np.testing.assert_allclose(pathological_probability(table, ["y", "z"]), [0.9, 0.5])
    for wrong in ([], ["x", "y", "z"], ["w"]):
        with pytest.raises(EvaluationError, match="must be some of x, y, z"):
            pathological_probability(table, wrong)
