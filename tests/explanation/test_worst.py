from pathlib import Path

import pandas as pd
import pytest

from hemoscope.cells import CellTable
from hemoscope.explanation.errors import ExplanationError
from hemoscope.explanation.worst import worst_mistakes
from hemoscope.predictions import Predictions

CLASSES = ("a", "b")
TABLE = CellTable(pd.DataFrame({"path": ["3.png", "1.png", "2.png"]}), Path())


def _predictions(labels: list[str]) -> Predictions:
    chances = [[0.9, 0.1], [0.6, 0.4], [0.99, 0.01], [0.8, 0.2]]
    paths = ["1.png", "2.png", "elsewhere.png", "3.png"]
    return Predictions.from_probabilities(paths, CLASSES, chances, labels=labels)


def test_the_surest_mistakes_come_first_with_their_truth():
    found = worst_mistakes(TABLE, _predictions(["b", "b", "b", "a"]), 5)
    assert found.paths.tolist() == ["1.png", "2.png"]
    assert found.labels is not None
    assert found.labels.tolist() == ["b", "b"]
    assert worst_mistakes(TABLE, _predictions(["b", "b", "b", "a"]), 1).paths.tolist() == ["1.png"]


def test_nothing_to_explain_is_told():
    with pytest.raises(ExplanationError, match="no mistake among the 4 predictions"):
        worst_mistakes(TABLE, _predictions(["a", "a", "a", "a"]), 5)
    with pytest.raises(ExplanationError, match=r"none of the 1 mistakes is .*elsewhere.png"):
        worst_mistakes(TABLE, _predictions(["a", "a", "b", "a"]), 5)
