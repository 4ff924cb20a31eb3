"""Which light a network knows."""

import numpy as np
import pytest

from hemoscope.inference.home import Home


def lit(colour, count=1):
    """Pictures with a dark cell on glass of a colour, and some noise."""
    noise = np.random.default_rng(0).integers(-2, 3, (count, 16, 16, 3))
    pictures = np.broadcast_to(colour, (count, 16, 16, 3)) + noise
    pictures[:, 4:12, 4:12] = (110, 60, 150)
    return pictures.clip(0, 255).astype(np.uint8)


@pytest.fixture
def home():
    return Home.of(np.concatenate([lit((250, 228, 202), 40), lit((240, 220, 200), 40)]))


def test_it_holds_what_it_was_made_of_and_what_lies_between(home):
    assert home.holds(lit((250, 228, 202), 5)).all()
    assert home.holds(lit((245, 224, 201), 5)).all()
    np.testing.assert_allclose((home.low, home.high), [(240, 220, 200), (250, 228, 202)], atol=2)


@pytest.mark.parametrize("colour", [(240, 236, 235), (200, 220, 201), (250, 228, 180)])
def test_other_light_in_any_channel_is_not_home(home, colour):
    mixed = np.concatenate([lit(colour), lit((250, 228, 202)), lit(colour)])
    assert home.holds(mixed).tolist() == [False, True, False]


def test_of_no_picture_it_says_nothing(home):
    assert home.holds(np.zeros((0, 16, 16, 3), np.uint8)).shape == (0,)


def test_few_odd_pictures_do_not_widen_it():
    home = Home.of(np.concatenate([lit((250, 228, 202), 400), lit((90, 90, 90), 1)]))
    assert not home.holds(lit((90, 90, 90))).any()
