"""Simulated models whose true class probabilities are known."""

from collections.abc import Callable

import pytest

from hemoscope.predictions import Predictions
from tests.evaluation.simulate import predictions


@pytest.fixture
def make() -> Callable[..., Predictions]:
    return predictions


@pytest.fixture
def table() -> Predictions:
    return predictions(600, 5, seed=1, sharpness=1.5)
