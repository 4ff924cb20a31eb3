"""Several looks at a cell, against their definition."""

from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import logsumexp, softmax

from hemoscope.cells import Frame
from hemoscope.inference.scorer import Observation
from hemoscope.inference.tasks import Task
from hemoscope.inference.views import UNSURE, VIEWS, ManyViews, _unsure, mean_opinion


class CornerScorer:
    """Says the four corners of a picture: another answer for each way to lay it."""

    classes = ("a", "b", "c", "d")
    frame = Frame(6)

    def score(self, pixels):
        corners = pixels[:, [0, 0, -1, -1], [0, -1, 0, -1], 0]
        return corners.astype(np.float32) / 50

    def observe(self, pixels):
        return Observation(
            self.score(pixels), pixels[:, 0, :, 0].astype(np.float32), pixels[..., 0]
        )

    def describe(self):
        return {"model": "corners"}


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (5, 6, 6, 3), dtype=np.uint8)


def test_the_views_are_the_eight_symmetries_of_a_square(pixels):
    turned = [np.rot90(pixels, k, (1, 2)) for k in range(4)]
    all_eight = turned + [each[:, :, ::-1] for each in turned]
    ours = {turn(pixels).tobytes() for turn in VIEWS}
    assert ours == {np.ascontiguousarray(each).tobytes() for each in all_eight}
    assert len(ours) == 8
    np.testing.assert_array_equal(VIEWS[0](pixels), pixels)


@given(arrays(np.float32, (3, 4, 5), elements=st.floats(-30, 30, width=32)))
def test_the_mean_opinion_has_the_mean_probability_and_the_mean_energy(logits):
    found = mean_opinion(logits).astype(np.float64)
    wide = logits.astype(np.float64)
    np.testing.assert_allclose(softmax(found, axis=1), softmax(wide, axis=2).mean(0), atol=2e-5)
    energy = logsumexp(wide, axis=2).mean(0)
    np.testing.assert_allclose(logsumexp(found, axis=1), energy, atol=2e-5)


def test_with_all_views_it_makes_no_difference_how_a_cell_lies(pixels):
    scorer = ManyViews(CornerScorer(), 8)
    as_it_is = scorer.score(pixels)
    for turn in VIEWS:
        np.testing.assert_allclose(scorer.score(turn(pixels)), as_it_is, rtol=1e-5)
    assert not np.allclose(CornerScorer().score(VIEWS[1](pixels)), CornerScorer().score(pixels))


def test_a_cell_that_is_clear_at_once_is_not_looked_at_again(pixels):
    class Counting(CornerScorer):
        """Of a bright picture it is sure, however it lies."""

        looks = 0

        def score(self, pixels):
            self.looks += len(pixels)
            bright = pixels.mean(axis=(1, 2, 3)) > 200
            return super().score(pixels) + np.outer(bright * 20, [1, 0, 0, 0]).astype(np.float32)

    pixels[[1, 3]] = 250
    scorer = Counting()
    together = ManyViews(scorer, 8).score(pixels)
    assert scorer.looks == 2 * 1 + 3 * 8
    alone = [ManyViews(scorer, 8).score(pixels[k : k + 1]) for k in range(5)]
    np.testing.assert_array_equal(together, np.concatenate(alone))


def test_a_cell_that_is_clear_after_two_views_has_their_mean():
    class Sure(CornerScorer):
        """Less sure of each cell than one look asks for, and as sure as two ask for."""

        looks = 0

        def score(self, pixels):
            self.looks += len(pixels)
            return np.tile(np.float32([7, 0, 0, 0]), (len(pixels), 1))

    scorer = Sure()
    ManyViews(scorer, 8).score(np.zeros((5, 6, 6, 3), np.uint8))
    assert 0.99 < softmax([7.0, 0, 0, 0]).max() < 0.9995
    assert scorer.looks == 5 * 2


@pytest.mark.parametrize("count", range(2, 9))
def test_a_doubtful_cell_gets_every_view_that_was_asked_for(pixels, count):
    logits = np.stack([CornerScorer().score(turn(pixels)) for turn in VIEWS[:count]])
    assert _unsure(logits, 0.99).all()
    found = ManyViews(CornerScorer(), count).score(pixels)
    np.testing.assert_allclose(found, mean_opinion(logits), rtol=1e-6)


def test_the_second_look_decides_who_is_looked_at_again():
    logits = np.array([[[9.0, 0], [9, 0]], [[9, 0], [0, 9]]], np.float32)
    np.testing.assert_array_equal(_unsure(logits, 0.99), [False, True])


class CornersAndHalves(CornerScorer):
    """Also says in which half the answer lies, and a thing of its own."""

    tasks = MappingProxyType(
        {"half": Task("half", ("ab", "cd")), "grain": Task("grain", ("x", "y"))}
    )

    def answer(self, pixels):
        corners = self.score(pixels)
        halves = np.stack([logsumexp(corners[:, :2], axis=1), logsumexp(corners[:, 2:], axis=1)], 1)
        return {"class": corners, "half": halves, "grain": corners[:, :2] / 2}

    def observe(self, pixels):
        said = self.answer(pixels)
        seen = super().observe(pixels)
        return Observation(said.pop("class"), seen.features, seen.attention, said)


def test_tasks_get_the_mean_of_the_same_views_and_sums_stay_sums(pixels):
    scorer = ManyViews(CornersAndHalves(), 8)
    found, seen = scorer.answer(pixels), scorer.observe(pixels)
    np.testing.assert_array_equal(found["class"], scorer.score(pixels))
    classes = softmax(found["class"], axis=1)
    expected = np.stack([classes[:, :2].sum(1), classes[:, 2:].sum(1)], axis=1)
    np.testing.assert_allclose(softmax(found["half"], axis=1), expected, rtol=1e-5)
    for name in scorer.tasks:
        np.testing.assert_array_equal(seen.tasks[name], found[name])
    once = np.stack([CornersAndHalves().answer(turn(pixels))["grain"] for turn in VIEWS])
    every = ManyViews(CornersAndHalves(), 8, [(1, 2.0), (2, 2.0)]).answer(pixels)["grain"]
    np.testing.assert_allclose(every, mean_opinion(once), rtol=1e-5)


def test_a_scorer_of_the_class_alone_has_no_tasks(pixels):
    scorer = ManyViews(CornerScorer(), 4)
    assert scorer.tasks == {}
    assert list(scorer.answer(pixels)) == ["class"]
    assert scorer.observe(pixels).tasks == {}


def test_observe_agrees_with_score_and_attends_to_the_picture_as_it_is(pixels):
    once, scorer = CornerScorer(), ManyViews(CornerScorer(), 4)
    seen = scorer.observe(pixels)
    np.testing.assert_array_equal(seen.logits, scorer.score(pixels))
    np.testing.assert_array_equal(seen.attention, once.observe(pixels).attention)
    np.testing.assert_array_equal(seen.features, once.observe(pixels).features)
    assert (scorer.classes, scorer.frame) == (once.classes, once.frame)
    assert scorer.describe() == {"model": "corners", "views": 4}


def test_nothing_is_clear_where_every_view_was_asked_for(pixels):
    sure = np.zeros((1, 3), np.float32)
    sure[0, 0] = 50

    class Sure(CornerScorer):
        looks = 0

        def score(self, pixels):
            self.looks += len(pixels)
            return np.repeat(sure, len(pixels), axis=0)

    scorer = Sure()
    ManyViews(scorer, 3, UNSURE).score(pixels)
    assert scorer.looks == 3 * len(pixels)
