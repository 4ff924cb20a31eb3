"""Lines from arrays, against those from tables."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays

from hemoscope.inference import Classifier, Observation
from hemoscope.inference.in_words import in_words
from hemoscope.inference.speaking import cells_in_words, speaks, with_words
from hemoscope.inference.tasks import Task
from hemoscope.opinions import Opinion
from hemoscope.predictions import Predictions

from .test_classifier import Reddest

TASKS = {
    "ill": Task("ill", ("no", "yes")),
    "chromatin_density": Task("chromatin", ("densely", "loosely")),
    "nucleus_shape": Task("nucleus", ("irregular", "unsegmented-band", "unsegmented-round")),
}


def logits(answers: int):
    return arrays(np.float32, (4, answers), elements=st.floats(-9, 9, width=32))


@given(logits(2), logits(3))
@settings(deadline=None)
def test_a_line_is_that_of_the_tables(chromatin, nucleus):
    said = {"chromatin_density": chromatin, "nucleus_shape": nucleus}
    names = [str(row) for row in range(4)]
    tables = {
        name: Predictions.from_logits(names, TASKS[name].answers, each)
        for name, each in said.items()
    }
    assert cells_in_words(TASKS, {"ill": chromatin, **said}) == in_words(names, tables)


def test_what_is_not_finite_is_not_spoken_of():
    chromatin = np.array([[np.nan, 1], [0, 9]], np.float32)
    nucleus = np.array([[0, 9, 0], [0, np.inf, 0]], np.float32)
    said = {"chromatin_density": chromatin, "nucleus_shape": nucleus}
    assert cells_in_words(TASKS, said) == ["band-shaped nucleus", "loose chromatin"]


def test_only_attributes_are_words():
    assert speaks(TASKS)
    assert not speaks({"ill": TASKS["ill"]})
    assert not speaks({})


def test_an_opinion_without_a_class_gets_no_line():
    named = Opinion(0, "a", "x", 0.9, {"x": 0.9}, None)
    done = list(with_words([named, Opinion.unreadable(1, "b", "damaged")], ["big cell", "small"]))
    assert [one.in_words for one in done] == ["big cell", None]


class Talking(Reddest):
    """Reddest, that sees dense chromatin in what is bright."""

    tasks = TASKS

    def score(self, pixels):
        raise AssertionError("one pass answers everything")

    def answer(self, pixels):
        dense = pixels.max(axis=(1, 2, 3)) > 150
        sure = np.outer(dense, [5, 0]) + np.outer(~dense, [0, 5])
        nothing = np.zeros((len(pixels), 3), np.float32)
        return {
            "class": super().score(pixels),
            "ill": sure,
            "chromatin_density": sure.astype(np.float32),
            "nucleus_shape": nothing,
        }


def test_the_classifier_tells_every_cell_and_asks_once():
    bright, dark = np.full((16, 16, 3), 200, np.uint8), np.full((16, 16, 3), 20, np.uint8)
    classifier = Classifier(Talking(), batch=2)
    assert classifier.speaks
    opinions = list(classifier([bright, "missing.png", dark]))
    assert [one.in_words for one in opinions] == ["dense chromatin", None, "loose chromatin"]


@pytest.mark.parametrize("tasks", [{}, {"ill": TASKS["ill"]}])
def test_a_model_without_attributes_is_asked_for_the_class_alone(tasks):
    class Silent(Reddest):
        def answer(self, pixels):
            raise AssertionError("nobody asked")

        def observe(self, pixels) -> Observation:
            raise AssertionError("nobody asked")

    Silent.tasks = tasks
    classifier = Classifier(Silent())
    assert not classifier.speaks
    (opinion,) = classifier([np.full((16, 16, 3), 200, np.uint8)])
    assert opinion.in_words is None
