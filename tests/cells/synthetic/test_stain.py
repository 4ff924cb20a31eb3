"""Light and stain follow the Beer-Lambert law."""

from dataclasses import replace

import numpy as np
import pytest

from hemoscope.cells.synthetic.morphology import ColourSpan, Span
from hemoscope.cells.synthetic.stain import REFERENCE_LIGHT, Stain, density_of, photograph

PLAIN = Stain(
    name="plain",
    light=ColourSpan(REFERENCE_LIGHT, REFERENCE_LIGHT),
    strength=Span(1.0, 1.0),
    hue=Span(1.0, 1.0),
    tilt=Span(0.0, 0.0),
    blur=Span(0.0, 0.0),
    noise=Span(0.0, 0.0),
)
COLOUR = (120, 60, 140)


def smear(density: np.ndarray, size: int = 16) -> np.ndarray:
    return np.broadcast_to(density, (3, size, size)).astype(np.float32)


def seen(density: np.ndarray, stain: Stain) -> np.ndarray:
    return photograph(smear(density), stain, np.random.default_rng(0))


def test_a_colour_comes_back_on_the_reference_smear():
    assert np.all(seen(density_of(COLOUR), PLAIN) == COLOUR)


def test_an_empty_field_has_the_colour_of_the_light():
    cool = (230, 225, 240)
    assert np.all(seen(density_of(REFERENCE_LIGHT), PLAIN) == REFERENCE_LIGHT)
    lamp = replace(PLAIN, light=ColourSpan(cool, cool))
    assert np.all(seen(density_of(REFERENCE_LIGHT), lamp) == cool)


def test_a_stain_twice_as_strong_squares_the_transmission():
    pixels = seen(density_of(COLOUR), replace(PLAIN, strength=Span(2.0, 2.0)))
    expected = np.square(COLOUR) / np.asarray(REFERENCE_LIGHT)
    np.testing.assert_allclose(pixels[0, 0], expected, atol=0.5)


def test_noise_has_the_deviation_it_is_given():
    noisy = replace(PLAIN, noise=Span(3.0, 3.0))
    pixels = photograph(smear(density_of(COLOUR), 128), noisy, np.random.default_rng(0))
    assert pixels[:, :, 0].std() == pytest.approx(3.0, rel=0.05)


def test_blur_softens_an_edge_and_keeps_the_light():
    density = smear(density_of(COLOUR), 64).copy()
    density[:, :, 32:] = 0.0
    sharp = photograph(density, PLAIN, np.random.default_rng(0)).astype(float)
    soft = photograph(density, replace(PLAIN, blur=Span(1.0, 1.0)), np.random.default_rng(0))
    assert np.abs(np.diff(soft.astype(float), axis=1)).max() < np.abs(np.diff(sharp, axis=1)).max()
    assert soft.mean() == pytest.approx(sharp.mean(), abs=0.5)
