"""Reading and looking with every processor at work."""

import threading
from typing import Any

import numpy as np
import pytest
from numpy.typing import NDArray
from threadpoolctl import threadpool_info

from hemoscope.cells import Frame
from hemoscope.inference import Classifier, Observation, load_scorer, shipped_bundle
from hemoscope.inference.judging import Judge
from hemoscope.inference.looking import look_in_order
from hemoscope.inference.scorer import callers_of
from hemoscope.inference.views import ManyViews


class Alone:
    """A model that says nothing of callers."""

    classes = ("a", "b")
    frame = Frame(8)

    def score(self, pixels: NDArray[np.uint8]) -> NDArray[np.float32]:
        return np.stack([pixels.mean((1, 2, 3)), pixels.std((1, 2, 3))], 1).astype(np.float32)

    def observe(self, pixels: NDArray[np.uint8]) -> Observation:
        return Observation(self.score(pixels), self.score(pixels))

    def describe(self) -> dict[str, Any]:
        return {}


class InCompany(Alone):
    """A model that three threads may ask."""

    callers = 3


@pytest.mark.parametrize("scorer", [Alone(), InCompany()])
def test_results_come_in_the_order_of_the_items(scorer):
    def slow_if_even(number: int) -> int:
        if number % 2 == 0:
            threading.Event().wait(0.01)
        return number

    seen = list(look_in_order(scorer, range(20), slow_if_even, lambda number: number**2))
    assert seen == [(number, number**2) for number in range(20)]


def test_a_model_that_takes_callers_is_asked_by_so_many_at_once():
    together = threading.Barrier(3, timeout=20)
    list(look_in_order(InCompany(), range(3), lambda n: n, lambda _: together.wait()))


def test_any_other_model_is_asked_by_the_thread_that_wants_to_know():
    askers = [
        asker for _, asker in look_in_order(Alone(), range(5), str, lambda _: threading.get_ident())
    ]
    assert set(askers) == {threading.get_ident()}


@pytest.mark.parametrize("scorer", [Alone(), InCompany()])
def test_an_error_comes_up_at_its_place(scorer):
    results = look_in_order(scorer, range(9), int, lambda number: 6 // (2 - number))
    assert [next(results), next(results)] == [(0, 3), (1, 6)]
    with pytest.raises(ZeroDivisionError):
        next(results)


def test_a_bundle_is_opened_for_as_many_callers_as_there_are_threads():
    alone = load_scorer(shipped_bundle())
    shared = load_scorer(shipped_bundle(), threads=3, side_by_side=True)
    assert (callers_of(alone), callers_of(shared)) == (1, 3)
    assert callers_of(ManyViews(InCompany(), 8)) == 3
    size = shared.frame.size
    pixels = np.random.default_rng(0).integers(0, 256, (3, size, size, 3), dtype=np.uint8)
    np.testing.assert_allclose(shared.score(pixels), alone.score(pixels), atol=1e-5)


@pytest.mark.parametrize("batch", [1, 5])
def test_a_classifier_says_the_same_of_a_model_that_takes_callers(batch: int):
    images = np.random.default_rng(1).integers(0, 256, (23, 8, 8, 3), dtype=np.uint8)
    alone, in_company = (
        list(Classifier(scorer, batch=batch)(images)) for scorer in (Alone(), InCompany())
    )
    assert in_company == alone
    assert [opinion.index for opinion in alone] == list(range(23))


def test_cells_are_judged_in_one_thread_and_the_libraries_get_theirs_back():
    def blas() -> list[int]:
        return [pool["num_threads"] for pool in threadpool_info() if pool["user_api"] == "blas"]

    class Watching(Judge):
        def opinions(self, names, seen):
            used.append(blas())
            return super().opinions(names, seen)

    used: list[list[int]] = []
    before = blas()
    images = np.zeros((2, 8, 8, 3), np.uint8)
    list(Classifier(InCompany(), judge=Watching(InCompany.classes))(images))
    assert used
    assert {count for each in used for count in each} == {1}
    assert blas() == before
