"""Opinions on make-believe cells."""

from collections.abc import Iterator

import numpy as np

from hemoscope.opinions import Opinion
from hemoscope.predictions import Predictions

REASON = "not sure enough"


def opinion(
    index: int, label: str = "ig", probability: float = 0.9, *, accepted: bool = True, **more
) -> Opinion:
    others = {"ig", "monocyte", "platelet"} - {label}
    shares = dict.fromkeys(sorted(others), (1 - probability) / 2)
    reason = "" if accepted else REASON
    defaults = {"logits": (1.0, 0.5, -2.0), "accepted": accepted, "reason": reason}
    named = {label: probability, **shares}
    return Opinion(
        index, f"cell {index}.png", label, probability, named, None, **{**defaults, **more}
    )


def of_predictions(predictions: Predictions, below: float = 0.9) -> Iterator[Opinion]:
    """What a job would have said: cells of a confidence of `below` or more are accepted."""
    assert predictions.logits is not None
    for row, (path, chances) in enumerate(
        zip(predictions.paths, predictions.probabilities, strict=True)
    ):
        best = int(chances.argmax())
        sure = bool(chances[best] >= below)
        yield Opinion(
            row,
            str(path),
            predictions.classes[best],
            float(chances[best]),
            dict(zip(predictions.classes, chances.tolist(), strict=True)),
            None,
            logits=tuple(np.asarray(predictions.logits[row]).tolist()),
            accepted=sure,
            reason="" if sure else REASON,
        )
