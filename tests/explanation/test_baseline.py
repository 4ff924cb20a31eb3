import numpy as np
import torch
from scipy.ndimage import gaussian_filter

from hemoscope.explanation.baseline import blurred


def test_against_scipy(images):
    found = blurred(images, strength=0.1)
    sigma = 6.4
    expected = [
        [gaussian_filter(plane, sigma, mode="mirror", radius=int(3 * sigma)) for plane in image]
        for image in images.double().numpy()
    ]
    np.testing.assert_allclose(found, np.array(expected), atol=1e-5)


def test_an_even_image_stays_as_it_is():
    grey = torch.full((1, 3, 40, 30), 0.3)
    torch.testing.assert_close(blurred(grey), grey)
