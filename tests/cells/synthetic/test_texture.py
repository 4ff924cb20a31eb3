"""Textures are what their descriptions promise, at every size of picture."""

import numpy as np
import pytest

from hemoscope.cells.synthetic.shapes import Window, window_at
from hemoscope.cells.synthetic.texture import nearest_edge, smooth_noise, spots

SIDE = 20.0


def window(size: int = 200) -> Window:
    empty = np.zeros((3, size, size), np.float32)
    return window_at(empty, (SIDE / 2, SIDE / 2), SIDE, SIDE)


def correlation(a: np.ndarray, b: np.ndarray) -> float:
    return float(np.corrcoef(a.ravel(), b.ravel())[0, 1])


def test_noise_has_mean_0_and_deviation_one_half():
    noise = smooth_noise(window(), 0.5, SIDE / 2, np.random.default_rng(0))
    assert abs(noise.mean()) < 0.03
    assert noise.std() == pytest.approx(0.5, rel=0.15)


def test_noise_is_the_same_in_every_direction():
    noise = smooth_noise(window(400), 0.6, SIDE / 2, np.random.default_rng(1))
    lag = 8
    along = correlation(noise[:, lag:], noise[:, :-lag])
    down = correlation(noise[lag:], noise[:-lag])
    diagonal = round(lag / np.sqrt(2))
    slanting = correlation(noise[diagonal:, diagonal:], noise[:-diagonal, :-diagonal])
    assert along == pytest.approx(down, abs=0.05)
    assert along == pytest.approx(slanting, abs=0.08)
    assert 0.1 < along < 0.9


def test_noise_and_spots_do_not_depend_on_the_size_of_the_picture():
    for draw in (
        lambda part: smooth_noise(part, 1.0, SIDE / 2, np.random.default_rng(2)),
        lambda part: spots(part, 1.2, 0.6, SIDE / 2, np.random.default_rng(2)),
    ):
        large = draw(window(400)).reshape(200, 2, 200, 2).mean(axis=(1, 3))
        assert correlation(large, draw(window(200))) > 0.97


def test_no_density_no_spots_and_more_density_more_spots():
    none, some, many = (
        spots(window(), 0.8, density, SIDE / 2, np.random.default_rng(3)).mean()
        for density in (0.0, 0.4, 1.0)
    )
    assert none == 0.0
    assert 0.0 < some < many < 1.0
    assert some / many == pytest.approx(0.4, abs=0.1)


def test_nearest_edge_overlooks_no_grain():
    """Against a search through all grains, for grains as large and as far out as they come."""
    rng = np.random.default_rng(4)
    step, fields = 1.15, 21
    middle = (np.arange(fields) - (fields - 1) / 2) * step
    jitter = rng.choice([-0.4, 0.4], (2, fields, fields)) * step
    x, y = middle[None, :] + jitter[0], middle[:, None] + jitter[1]
    radius = np.full((fields, fields), 0.6)
    part = window(90)
    found = nearest_edge(part, (x, y, radius), step)
    px, py = np.broadcast_arrays(part.x, part.y)
    every = np.hypot(px[..., None] - x.ravel(), py[..., None] - y.ravel()) - radius.ravel()
    inside = every.min(axis=-1) < 0
    assert inside.any()
    np.testing.assert_allclose(found[inside], every.min(axis=-1)[inside], atol=1e-4)
