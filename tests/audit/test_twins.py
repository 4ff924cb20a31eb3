import pandas as pd
import pytest

from hemoscope.audit.twins import TwinError, twin_accuracy
from hemoscope.predictions import Predictions

GROUPS = pd.DataFrame({"path": list("abcdefg"), "group": ["1", "1", "2", "3", "3", "4", "5"]})


def predictions(paths: str, right: str) -> Predictions:
    chances = [[0.9, 0.1] if path in right else [0.1, 0.9] for path in paths]
    return Predictions.from_probabilities(
        list(paths), ["x", "y"], chances, labels=["x"] * len(paths)
    )


def test_cells_with_and_without_a_twin() -> None:
    found = twin_accuracy(predictions("bcdg", "bd"), GROUPS, ["a", "e"])
    assert (found.with_twin.right, found.with_twin.cells) == (2, 2)
    assert (found.without_twin.right, found.without_twin.cells) == (0, 2)
    assert found.all.accuracy == 0.5


def test_trained_cells_do_not_count() -> None:
    found = twin_accuracy(predictions("abc", "abc"), GROUPS, ["a"])
    assert found.trained_on_left_out == 1
    assert found.all.cells == 2


def test_no_cells_have_no_accuracy() -> None:
    found = twin_accuracy(predictions("b", "b"), GROUPS, ["a"])
    assert found.without_twin.accuracy is None


def test_the_interval_is_wilsons() -> None:
    found = twin_accuracy(predictions("bc", "bc"), GROUPS, ["a", "f"])
    n, z = 1, 1.959964
    low = (1 + z**2 / (2 * n) - z * (z**2 / (4 * n**2)) ** 0.5) / (1 + z**2 / n)
    assert found.with_twin.low == pytest.approx(low, abs=1e-5)


def test_tables_that_do_not_fit() -> None:
    with pytest.raises(TwinError, match="the first is 'z'"):
        twin_accuracy(predictions("z", ""), GROUPS, ["a"])
    with pytest.raises(TwinError, match="none of the training cells"):
        twin_accuracy(predictions("a", ""), GROUPS, ["nowhere"])


def test_the_others_are_weighted_like_the_classes_with_a_twin() -> None:
    groups = pd.DataFrame({"path": ["t", *"abcdef"], "group": ["1", "1", "2", "3", "4", "5", "6"]})
    # Cell a has the twin and is an x; among the others x is right 1 of 2 times and y always.
    chances = [[0.9, 0.1], [0.9, 0.1], [0.1, 0.9], *([[0.1, 0.9]] * 3)]
    table = Predictions.from_probabilities(
        list("abcdef"), ["x", "y"], chances, labels=list("xxxyyy")
    )
    found = twin_accuracy(table, groups, ["t"])
    assert found.without_twin.accuracy == pytest.approx(0.8)
    assert found.without_twin_same_classes == pytest.approx(0.5)
    assert found.difference is not None
    assert found.difference.difference == pytest.approx(0.2)


def test_a_class_that_only_has_twins_leaves_nothing_to_compare() -> None:
    found = twin_accuracy(predictions("b", "b"), GROUPS, ["a"])
    assert found.difference is None
    assert found.without_twin_same_classes is None
