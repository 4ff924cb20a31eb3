"""A second network for unclear cells, against its definition."""

from types import MappingProxyType

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import logsumexp, softmax

from hemoscope.cells import Frame, FramePair
from hemoscope.errors import UsageError
from hemoscope.inference.home import Home
from hemoscope.inference.scorer import Observation
from hemoscope.inference.second_opinion import WithSecondOpinion, joint_opinion
from hemoscope.inference.tasks import Task


class RowScorer:
    """Says one row of a picture, and remembers how many pictures it was shown."""

    classes = ("a", "b", "c")
    frame = Frame(3)

    def __init__(self, row, callers=1):
        self.row, self.callers, self.shown = row, callers, 0

    def score(self, pixels):
        self.shown += len(pixels)
        return pixels[:, self.row, :, 0].astype(np.float32) / 50

    def observe(self, pixels):
        return Observation(
            self.score(pixels), pixels[:, self.row, :, 1].astype(np.float32), pixels[..., 2]
        )

    def describe(self):
        return {"model": f"row {self.row}"}


class RowAndHalf(RowScorer):
    """Answers besides whether it is the first class, a sum over classes."""

    tasks = MappingProxyType({"first": Task("first", ("yes", "no"))})

    def answer(self, pixels):
        said = self.score(pixels)
        return {"class": said, "first": np.stack([said[:, 0], logsumexp(said[:, 1:], axis=1)], 1)}

    def observe(self, pixels):
        said = self.answer(pixels)
        seen = super().observe(pixels)
        return Observation(said.pop("class"), seen.features, seen.attention, said)


@pytest.fixture
def pixels():
    return np.random.default_rng(0).integers(0, 256, (40, 3, 3, 3), dtype=np.uint8)


def test_only_unclear_cells_are_shown_to_the_second_and_of_those_the_mean_is_said(pixels):
    first, second = RowScorer(0), RowScorer(1)
    said = WithSecondOpinion(first, second, 0.9).score(pixels)
    alone, other = first.score(pixels), RowScorer(1).score(pixels)
    unclear = softmax(alone, axis=1).max(axis=1) < 0.9
    assert 0 < unclear.sum() < 40
    assert second.shown == unclear.sum()
    np.testing.assert_array_equal(said[~unclear], alone[~unclear])
    mean = (softmax(alone, axis=1) + softmax(other, axis=1)) / 2
    np.testing.assert_allclose(softmax(said, axis=1)[unclear], mean[unclear], rtol=1e-5)
    one_by_one = [WithSecondOpinion(first, second, 0.9).score(each[None]) for each in pixels]
    np.testing.assert_array_equal(np.concatenate(one_by_one), said)


@given(arrays(np.float32, (2, 4, 3), elements=st.floats(-30, 30, width=32)))
def test_the_joint_opinion_has_the_mean_probability_and_the_energy_of_the_first(logits):
    first, second = logits
    joint = joint_opinion(first, second)
    mean = (softmax(first.astype(float), axis=1) + softmax(second.astype(float), axis=1)) / 2
    np.testing.assert_allclose(softmax(joint.astype(float), axis=1), mean, atol=1e-5)
    energy = logsumexp(first.astype(float), axis=1)
    np.testing.assert_allclose(logsumexp(joint.astype(float), axis=1), energy, atol=1e-4)


def test_each_may_see_another_part_of_the_image():
    first, second = RowScorer(0), RowScorer(0)
    second.frame = Frame(3, "centre")
    scorer = WithSecondOpinion(first, second, 1.0)
    assert scorer.frame == FramePair(Frame(3), Frame(3, "centre"))
    image = np.random.default_rng(1).integers(0, 256, (9, 9, 3), dtype=np.uint8)
    said = scorer.score(scorer.frame.of(image)[None])
    alone, other = (each.score(each.frame.of(image)[None]) for each in (first, second))
    mean = (softmax(alone, axis=1) + softmax(other, axis=1)) / 2
    np.testing.assert_allclose(softmax(said, axis=1), mean, rtol=1e-5)
    with pytest.raises(UsageError, match="two pictures"):
        WithSecondOpinion(scorer, first, 0.9)


def test_it_is_asked_only_in_the_light_that_it_knows(pixels):
    first, second = RowScorer(0), RowScorer(1)
    home = Home(low=(0, 0, 0), high=(255, 255, 199))
    said = WithSecondOpinion(first, second, 1.0, home).score(pixels)
    known, alone = home.holds(pixels), first.score(pixels)
    assert 0 < known.sum() == second.shown < 40
    np.testing.assert_array_equal(said[~known], alone[~known])
    assert (said[known] != alone[known]).any(axis=1).all()
    told = WithSecondOpinion(first, second, 1.0, home).describe()["second"]
    assert told["home"] == {"low": [0.0, 0.0, 0.0], "high": [255.0, 255.0, 199.0]}


def test_nobody_asks_the_second_where_all_is_clear(pixels):
    second = RowScorer(1)
    clear = np.zeros_like(pixels)
    clear[:, 0, 0] = 255
    scorer = WithSecondOpinion(RowScorer(0), second, 0.9)
    np.testing.assert_array_equal(scorer.score(clear), RowScorer(0).score(clear))
    assert scorer.score(clear[:0]).shape == (0, 3)
    assert second.shown == 0


def test_observe_agrees_with_score_and_attends_as_the_first_does(pixels):
    first = RowScorer(0)
    scorer = WithSecondOpinion(first, RowScorer(1), 0.9)
    seen, alone = scorer.observe(pixels), first.observe(pixels)
    np.testing.assert_array_equal(seen.logits, scorer.score(pixels))
    np.testing.assert_array_equal(seen.features, alone.features)
    np.testing.assert_array_equal(seen.attention, alone.attention)
    assert scorer.tasks == {}
    assert seen.tasks == {}


def test_tasks_get_the_mean_of_both_and_sums_stay_sums(pixels):
    scorer = WithSecondOpinion(RowAndHalf(0), RowAndHalf(1), 0.9)
    found, seen = scorer.answer(pixels), scorer.observe(pixels)
    np.testing.assert_array_equal(found["class"], scorer.score(pixels))
    np.testing.assert_array_equal(seen.tasks["first"], found["first"])
    first_class = softmax(found["class"], axis=1)[:, 0]
    np.testing.assert_allclose(softmax(found["first"], axis=1)[:, 0], first_class, rtol=1e-4)


def test_it_says_who_is_asked_and_when(pixels):
    scorer = WithSecondOpinion(RowScorer(0, callers=4), RowScorer(1, callers=2), 0.8)
    second = {"model": "row 1", "below": 0.8}
    assert scorer.describe() == {"model": "row 0", "second": second}
    assert (scorer.classes, scorer.frame, scorer.callers) == (("a", "b", "c"), Frame(3), 2)
