import numpy as np

from hemoscope.cells import fit_to

from .conftest import smooth


def test_the_whole_frame_is_kept():
    image = np.zeros((100, 50, 3), dtype=np.uint8)
    image[:, :5], image[:, -5:], image[:10], image[-10:] = 40, 80, 120, 160
    fitted = fit_to(image, 20)
    assert fitted.shape == (20, 20, 3)
    assert fitted[10, 0, 0] == 40
    assert fitted[10, -1, 0] == 80
    assert fitted[0, 10, 0] == 120
    assert fitted[-1, 10, 0] == 160


def test_shrinking_averages_and_does_not_skip():
    stripes = np.zeros((256, 256, 3), dtype=np.uint8)
    stripes[:, ::2] = 255
    fitted = fit_to(stripes, 32)
    assert np.abs(fitted[:, 2:-2].astype(int) - 127).max() <= 2


def test_an_image_of_the_right_size_is_not_touched():
    image = smooth(30, 30)
    assert fit_to(image, 30) is image


def test_one_pixel_fills_the_square():
    assert (fit_to(np.full((1, 1, 3), 9, dtype=np.uint8), 7) == 9).all()
