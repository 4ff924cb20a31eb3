"""The learning rate over a run."""

import pytest

from hemoscope.training.recipe import Optimiser
from hemoscope.training.schedule import rate_factor


def test_it_rises_in_the_warm_up_and_falls_to_nothing():
    optimiser = Optimiser(warmup=0.1)
    factors = [rate_factor(step, 100, optimiser) for step in range(101)]
    assert factors[:10] == pytest.approx([(i + 1) / 10 for i in range(10)])
    assert factors[10] == 1
    assert factors[10:] == sorted(factors[10:], reverse=True)
    assert factors[55] == pytest.approx(0.5)
    assert factors[100] == pytest.approx(0)


def test_constant_stays():
    optimiser = Optimiser(warmup=0, schedule="constant")
    assert {rate_factor(step, 7, optimiser) for step in range(8)} == {1.0}
