import numpy as np
import pytest
from scipy.special import softmax

from hemoscope.explanation.errors import UnknownTargetError
from hemoscope.explanation.target import Target, choose_target

CLASSES = ("basophil", "monocyte", "platelet")
LOGITS = np.array([[3.0, 1.0, 2.0], [0.0, 5.0, -1.0]])


def test_by_default_what_each_cell_was_called():
    target = choose_target(LOGITS, CLASSES)
    assert target.wanted.tolist() == [0, 1]
    assert target.against is None


def test_the_runner_up_is_the_best_class_but_the_wanted_one():
    assert choose_target(LOGITS, CLASSES, against="runner-up").against.tolist() == [2, 0]
    asked = choose_target(LOGITS, CLASSES, "platelet", "runner-up")
    assert asked.wanted.tolist() == [2, 2]
    assert asked.against.tolist() == [0, 1]


def test_the_truth_of_each_cell():
    asked = choose_target(LOGITS, CLASSES, against="truth", labels=["platelet", "basophil"])
    assert asked.against.tolist() == [2, 0]


def test_chances_are_the_probability_and_in_a_contrast_that_among_two():
    alone = Target(np.array([2, 1])).chances(LOGITS)
    np.testing.assert_allclose(alone, softmax(LOGITS, axis=1)[[0, 1], [2, 1]])
    pair = Target(np.array([2, 1]), np.array([0, 2])).chances(LOGITS)
    np.testing.assert_allclose(pair, [softmax([2.0, 3.0])[0], softmax([5.0, -1.0])[0]])


@pytest.mark.parametrize(
    ("wanted", "against", "message"),
    [
        ("monocite", None, "no class 'monocite'; it knows .* Did you mean 'monocyte'?"),
        ("predicted", "monocyte", "cell 2 of 2 would have 'monocyte' set against itself"),
        ("predicted", "truth", "not every one of these cells has a label that the model knows"),
        ("platelet", "platelet", "cell 1 of 2 would have 'platelet' set against itself"),
    ],
)
def test_a_question_without_sense_is_refused(wanted, against, message):
    with pytest.raises(UnknownTargetError, match=message):
        choose_target(LOGITS, CLASSES, wanted, against)
