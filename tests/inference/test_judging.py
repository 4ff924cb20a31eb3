"""Logits → opinions by a calibration."""

from pathlib import Path
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray

from hemoscope.calibration import Trust, accept, conformalise, fit, write_trust
from hemoscope.inference import Classifier, ModelError
from hemoscope.inference.bundle import file_digest
from hemoscope.inference.judging import Judge
from hemoscope.inference.scorer import Observation
from tests.calibration.simulate import CLASSES, drawn

from .test_classifier import Reddest

FITTED = drawn(2000, temperature=2.0, spread=6.0)
NAMES = [(i, f"{i}.png") for i in range(3)]
LOGITS = np.array([[40.0, 0, 0, 0], [6.0, 0, 6.5, 0], [9.0, 1, 0, 0]], np.float32)


class FarAway:
    """Cells whose first feature is above 5 are strange."""

    threshold = 5.0
    flag_rate = 0.05

    def score(self, logits: NDArray[Any], features: NDArray[Any] | None) -> NDArray[np.float64]:
        assert features is not None
        assert len(features) == len(logits)
        return features[:, 0].astype(np.float64)

    def to_json(self) -> dict[str, Any]:
        return {}


@pytest.fixture(scope="module")
def trust() -> Trust:
    calibrator = fit(FITTED, "temperature")
    return Trust(calibrator, conformalise(FITTED, 0.02), accept(FITTED, 0.05), FarAway())


def test_an_opinion_says_what_the_judgement_says(trust: Trust):
    features = np.array([[0.0], [0.0], [9.0]], np.float32)
    judged = trust.judge(LOGITS, features)
    opinions = list(Judge(CLASSES, trust).opinions(NAMES, Observation(LOGITS, features)))
    assert [opinion.label for opinion in opinions] == ["basophil", "monocyte", "basophil"]
    assert [opinion.accepted for opinion in opinions] == judged.accepted.tolist()
    assert [opinion.accepted for opinion in opinions] == [True, False, False]
    assert [opinion.unknown for opinion in opinions] == [False, False, True]
    assert [opinion.unknown_score for opinion in opinions] == [0, 0, 9]
    assert [opinion.reason for opinion in opinions] == list(judged.reasons)
    assert opinions[0].candidates == ("basophil",)
    assert opinions[1].candidates == ("monocyte", "basophil")
    for row, opinion in enumerate(opinions):
        assert list(opinion.probabilities.values()) == pytest.approx(judged.probabilities[row])
        assert opinion.probability == opinion.probabilities[str(opinion.label)]
        np.testing.assert_array_equal(np.float32(opinion.logits), LOGITS[row])
    assert opinions[1].second == "basophil"


def test_what_is_not_finite_stands_at_its_place(trust: Trust):
    logits = LOGITS.copy()
    logits[1, 2] = np.inf
    opinions = list(Judge(CLASSES, trust).opinions(NAMES, Observation(logits, np.zeros((3, 1)))))
    assert [opinion.label for opinion in opinions] == ["basophil", None, "basophil"]
    assert [opinion.path for opinion in opinions] == ["0.png", "1.png", "2.png"]


def test_features_are_asked_for_where_the_unknown_score_needs_them(trust: Trust):
    class Four(Reddest):
        classes = CLASSES

        def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
            raise AssertionError("logits alone do not do")

        def observe(self, pixels: NDArray[np.uint8]) -> Observation:
            n = len(pixels)
            return Observation(np.zeros((n, 4), np.float32), np.full((n, 1), 7, np.float32))

    (opinion,) = Classifier(Four(), judge=Judge(CLASSES, trust))([np.zeros((9, 9, 3), np.uint8)])
    assert opinion.unknown
    assert opinion.reason == "it looks like none of the classes"


def test_the_calibration_beside_a_model_is_used(trust: Trust, tmp_path: Path):
    assert Judge.beside(tmp_path, CLASSES).trust is None
    known = Trust(trust.calibrator, trust.conformal, trust.acceptance)
    file = write_trust(known, tmp_path)
    judge = Judge.beside(tmp_path, CLASSES)
    assert judge.trust == known
    assert judge.digest == file_digest(file)
    assert not judge.needs_features
    with pytest.raises(ModelError, match="the calibration is for the classes basophil, ig"):
        Judge.beside(tmp_path, ("a", "b"))
