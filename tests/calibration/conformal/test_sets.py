"""Sets against MAPIE, and against the definition."""

import math

import numpy as np
import pytest
from mapie.classification import SplitConformalClassifier
from sklearn.base import BaseEstimator, ClassifierMixin

from hemoscope.calibration import Aps, CalibrationError, Lac, Raps, conformalise
from hemoscope.calibration.arrays import scores_of
from hemoscope.calibration.conformal.quantile import (
    conformal_quantile,
    conformal_rank,
    least_cells,
)
from hemoscope.calibration.conformal.scores import Score
from hemoscope.errors import UsageError
from tests.calibration.simulate import CLASSES, drawn


class Known(ClassifierMixin, BaseEstimator):
    """MAPIE wants a model: this one is handed its own probabilities as features."""

    classes_ = np.arange(len(CLASSES))
    n_features_in_ = len(CLASSES)

    def fit(self, x, y):
        return self

    def __sklearn_is_fitted__(self) -> bool:
        return True

    def predict_proba(self, x):
        return x

    def predict(self, x):
        return x.argmax(1)


FITTED, NEW = drawn(700, seed=1), drawn(500, seed=2)


def mapie_sets(score: str, alpha: float, last: object) -> np.ndarray:
    theirs = SplitConformalClassifier(
        Known(), confidence_level=1 - alpha, conformity_score=score, random_state=7
    )
    theirs.conformalize(FITTED.probabilities, FITTED.truth())
    _, sets = theirs.predict_set(
        NEW.probabilities, conformity_score_params={"include_last_label": last}
    )
    return sets[:, :, 0]


class Drawn(np.random.Generator):
    """The random numbers that MAPIE draws from its seed; its share is 1 - u."""

    def __init__(self):
        super().__init__(np.random.PCG64(0))

    def random(self, size=None, *_, **__):  # type: ignore[override]
        return 1 - np.random.RandomState(7).uniform(size=size)


@pytest.mark.parametrize("alpha", [0.01, 0.1, 0.3])
def test_lac_sets_are_those_of_mapie(alpha: float):
    ours = conformalise(FITTED, alpha, with_top=False)
    assert (ours.sets(scores_of(NEW)) == mapie_sets("lac", alpha, True)).all()


@pytest.mark.parametrize("alpha", [0.05, 0.1, 0.3])
def test_randomised_aps_sets_are_those_of_mapie(alpha: float, monkeypatch):
    monkeypatch.setattr(np.random, "default_rng", lambda _seed: Drawn())
    ours = conformalise(FITTED, alpha, score=Aps(), randomised=True, with_top=False)
    assert (ours.sets(scores_of(NEW), Drawn()) == mapie_sets("aps", alpha, "randomized")).all()


def test_aps_and_raps_by_hand():
    stated, half = np.array([[0.5, 0.1, 0.4]]), np.array([0.5])
    assert Aps().of(stated, np.ones(1))[0] == pytest.approx([0.5, 1.0, 0.9])
    assert Aps().of(stated, half)[0] == pytest.approx([0.25, 0.95, 0.7])
    raps = Raps(penalty=0.1, free=1).of(stated, half)[0]
    assert raps == pytest.approx([0.25, 0.95 + 0.2, 0.7 + 0.1])
    assert Lac().of(stated, half)[0] == pytest.approx([0.5, 0.9, 0.6])


@pytest.mark.parametrize(("cells", "alpha"), [(9, 0.1), (19, 0.05), (20, 0.05), (1000, 0.03)])
def test_the_rank_is_the_definition(cells: int, alpha: float):
    exact = math.ceil(round((cells + 1) * (1 - alpha), 6))
    assert conformal_rank(cells, alpha) == exact
    scores = np.random.default_rng(0).permutation(cells).astype(float)
    assert conformal_quantile(scores, alpha) == exact - 1  # ranks count from 1


@pytest.mark.parametrize("alpha", [0.01, 0.05, 0.1, 0.3])
def test_too_few_cells_give_no_threshold(alpha: float):
    least = least_cells(alpha)
    assert conformal_quantile(np.zeros(least), alpha) is not None
    assert conformal_quantile(np.zeros(least - 1), alpha) is None


def test_without_a_threshold_every_class_stays_in_the_set():
    sets = conformalise(drawn(10), 0.01)
    assert sets.thresholds == (None,) * 4
    assert sets.sets(scores_of(NEW)).all()


@pytest.mark.parametrize("score", [Lac(), Aps(), Raps()])
def test_sets_grow_with_the_level(score: Score):
    chosen = [
        conformalise(FITTED, alpha, score=score).sets(scores_of(NEW)) for alpha in (0.3, 0.1, 0.02)
    ]
    assert (chosen[0] <= chosen[1]).all()
    assert (chosen[1] <= chosen[2]).all()
    assert chosen[0].sum() < chosen[2].sum()


def test_class_conditional_thresholds_come_from_each_class():
    sets = conformalise(FITTED, 0.1, class_conditional=True)
    truth = FITTED.truth()
    for c in range(len(CLASSES)):
        own = 1 - FITTED.probabilities[truth == c, c]
        assert sets.thresholds[c] == conformal_quantile(own, 0.1)
    assert sets.cells == tuple(np.bincount(truth))


def test_the_top_class_is_in_every_set_if_asked_for():
    logits = scores_of(NEW)
    bare = conformalise(FITTED, 0.3, with_top=False).sets(logits)
    full = conformalise(FITTED, 0.3).sets(logits)
    assert (bare.sum(1) == 0).any()
    assert (full.sum(1) > 0).all()
    assert (full >= bare).all()


def test_one_cell_of_each_group_counts():
    sets = conformalise(drawn(400, group_size=4), 0.1)
    assert set(sets.cells) == {100}


def test_what_cannot_be_fitted_is_refused():
    with pytest.raises(UsageError, match=r"alpha is 1\.5; it is a share between 0 and 1"):
        conformalise(FITTED, 1.5)
    with pytest.raises(CalibrationError, match="no cells"):
        conformalise(FITTED.take([]), 0.1)


def test_a_randomised_set_goes_by_its_cell_alone_and_covers_as_it_should():
    sets = conformalise(FITTED, 0.1, score=Aps(), randomised=True, with_top=False)
    assert sets.randomised
    many = drawn(20_000, seed=3)
    logits, truth = scores_of(many), many.truth()
    chosen = sets.sets(logits)
    np.testing.assert_array_equal(sets.sets(logits[5:8]), chosen[5:8])
    held = chosen[np.arange(len(truth)), truth].mean()
    drawn_anew = sets.sets(logits, np.random.default_rng(1))[np.arange(len(truth)), truth].mean()
    assert held == pytest.approx(drawn_anew, abs=0.01)
    assert (sets.sets(logits, np.random.default_rng(1)) != chosen).any()
