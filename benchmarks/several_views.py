"""What several views bring: several_views.py BUNDLE SOURCE [COLUMN VALUE].

BUNDLE: of one view. SOURCE: labelled cells that it did not learn from, such as validation cells, of
which COLUMN and VALUE choose some. Prints, for one view, for eight where a cell is not clear yet,
and for eight of every cell: accuracy, negative log-likelihood, wrong cells among the surest 95 %,
and looks a cell.
"""

import sys

import numpy as np
from surest import in_words

from hemoscope.cells import open_cells
from hemoscope.inference import load_scorer, predict_cells
from hemoscope.inference.scorer import Observation
from hemoscope.inference.views import ManyViews


class Counting:
    """A scorer that counts how many pictures it looks at."""

    def __init__(self, model: str) -> None:
        self._scorer = load_scorer(model)
        self.classes, self.frame = self._scorer.classes, self._scorer.frame
        self.describe = self._scorer.describe
        self.looks = 0

    def score(self, pixels: np.ndarray) -> np.ndarray:
        self.looks += len(pixels)
        return self._scorer.score(pixels)

    def observe(self, pixels: np.ndarray) -> Observation:
        self.looks += len(pixels)
        return self._scorer.observe(pixels)


def main() -> None:
    """Prints three lines."""
    model, source, *chosen = sys.argv[1:]
    column, value = chosen or (None, None)
    table = open_cells(source, split_column=column, use=value)
    every_cell = ((1, np.inf),)
    ways = {
        "1 view": lambda scorer: scorer,
        "up to 8 views": lambda scorer: ManyViews(scorer, 8),
        "8 views of every cell": lambda scorer: ManyViews(scorer, 8, every_cell),
    }
    for name, way in ways.items():
        counting = Counting(model)
        scorer = way(counting)
        predictions = predict_cells(table, scorer).predictions
        said = in_words(predictions.probabilities, predictions.truth())
        print(f"{name}: {said}, {counting.looks / len(predictions):.2f} looks a cell")


if __name__ == "__main__":
    main()
