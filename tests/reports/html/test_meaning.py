"""The sentences say what the numbers say, and no more."""

from collections.abc import Sequence

import numpy as np
import pytest

from hemoscope.evaluation import Evaluation, evaluate
from hemoscope.predictions import Predictions
from hemoscope.reports.html import meaning


def evaluated(called: Sequence[str], truth: Sequence[str], sure: float = 0.9) -> Evaluation:
    """Cells of the classes a and b, each called with the same confidence."""
    chances = np.array([[sure, 1 - sure] if name == "a" else [1 - sure, sure] for name in called])
    paths = [f"{i}.png" for i in range(len(called))]
    table = Predictions.from_probabilities(paths, ("a", "b"), chances, labels=list(truth))
    return evaluate(table, resamples=0)


GOOD = evaluated("a" * 90 + "b" * 10 + "b" * 100, "a" * 100 + "b" * 100)
PERFECT = evaluated("a" * 100 + "b" * 50, "a" * 100 + "b" * 50)
POOR = evaluated("ab" * 50, "aabb" * 25)
TINY = evaluated("ab", "ab")


def test_overall() -> None:
    assert meaning.overall(GOOD) == "190 of 200 cells were called right"
    assert meaning.overall(TINY) == "2 of 2 cells were called right"


def test_against_chance() -> None:
    assert meaning.against_chance(GOOD) == (
        "Better than always answering “a”, which is right in 50.0 %."
    )
    assert meaning.against_chance(POOR) == (
        "These cells do not show it to be better than always answering “a”, which is right in "
        "50.0 %."
    )
    worse = evaluated("b" * 100, "a" * 100)
    assert meaning.against_chance(worse).startswith("Worse than always answering “a”")


def test_a_small_lead_on_few_cells_is_no_lead() -> None:
    assert meaning.against_chance(TINY).startswith("These cells do not show it to be better")


def test_few_cells() -> None:
    assert meaning.few_cells(GOOD) == ""
    assert meaning.few_cells(TINY).startswith("There are only 2 cells: every figure here is rough.")
    rare = evaluated("a" * 100 + "b" * 5, "a" * 100 + "b" * 5)
    assert meaning.few_cells(rare) == "Fewer than 30 cells: b. Their figures are rough."


def test_the_weakest_class() -> None:
    interval = GOOD.intervals["per_class.a.recall"]
    assert meaning.weakest_class(GOOD) == (
        f"Least often found: a, 90.00 % of its cells (95 % interval {100 * interval.low:.2f} to "
        f"{100 * interval.high:.2f} %)."
    )
    assert meaning.weakest_class(PERFECT) == "Every cell of every class was found."


def test_confusion() -> None:
    assert meaning.confusion(GOOD) == (
        "10 cells were called wrong. Most often confused: a and b, 10 cells, 5.00 % of the cells "
        "of both classes."
    )
    assert meaning.most_confused(GOOD) == "a and b: 10 of 10 mistakes."


def test_no_mistakes_do_not_mean_no_error() -> None:
    bound = 100 * (1 - PERFECT.intervals["accuracy"].low)
    assert meaning.confusion(PERFECT) == (
        f"No cell was called wrong. The true error rate may still be as high as {bound:.2f} %."
    )
    assert meaning.most_confused(PERFECT) == "None: no cell was called wrong."


@pytest.mark.parametrize(
    ("sure", "verdict"),
    [
        (0.99, "it is overconfident by 4.00 points."),
        (0.80, "it is underconfident by 15.00 points."),
        (0.94, "on the whole it is neither over- nor underconfident, within the interval."),
    ],
)
def test_calibration(sure: float, verdict: str) -> None:
    cells = evaluated("a" * 90 + "b" * 110, "a" * 100 + "b" * 100, sure)
    assert meaning.calibration_verdict(cells) == verdict
    assert verdict in meaning.calibration(cells)


def test_confidence() -> None:
    assert meaning.confidence(PERFECT) == (
        "All cells were called right, so there is nothing to compare."
    )
    assert meaning.confidence(GOOD) == (
        "Mean confidence is 0.900 for cells called right and 0.900 for cells called wrong."
    )


def test_for_a_person() -> None:
    assert meaning.for_a_person(PERFECT) == "None, if an error of 0.5 % is allowed."
    assert meaning.for_a_person(POOR) == (
        "No share of cells, however sure, has an error of 0.5 % or less."
    )
    sure = np.where(np.arange(200) < 150, 0.95, 0.6)
    chances = np.column_stack([sure, 1 - sure])
    labels = ["a"] * 150 + ["b"] * 50
    table = Predictions.from_probabilities(
        [str(i) for i in range(200)], "ab", chances, labels=labels
    )
    assert meaning.for_a_person(evaluate(table, resamples=0)) == (
        "The least sure 50 cells, if the error may be 0.5 % at most."
    )


def test_ranking() -> None:
    assert "in 100.00 % of all such pairs" in meaning.roc(PERFECT)
    assert meaning.precision_recall(PERFECT) == (
        "For every class, 90 % of its cells can be found without a single false call."
    )
    lowest = GOOD.pr.per_class["b"].precision_at_recall["0.9"]
    assert lowest is not None
    assert f"at least {100 * lowest:.2f} % of the calls are right; the lowest is b" in (
        meaning.precision_recall(GOOD)
    )


def test_a_single_class_has_no_ranking() -> None:
    alone = evaluated("a" * 10, "a" * 10)
    assert meaning.roc(alone) == "No area under the curve exists for these cells."
    assert meaning.precision_recall(alone)
    assert meaning.separation(alone) == "No divergence exists for these cells."


def test_dynamics(evaluation) -> None:
    assert meaning.dynamics(evaluation) == (
        "Validation accuracy was best in epoch 3 of 4: 91.00 %. At the end, training accuracy is "
        "+5.00 points from validation accuracy."
    )
    assert meaning.dynamics(PERFECT) == "Loss, accuracy and learning rate, epoch by epoch."
