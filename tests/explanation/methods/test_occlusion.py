import numpy as np
import torch

from hemoscope.explanation.baseline import blurred
from hemoscope.explanation.methods.occlusion import Occlusion
from hemoscope.explanation.target import Target


def test_against_windows_moved_by_hand(model, images):
    """32-pixel windows moved by 16: the mean fall of the score over the windows on a pixel."""
    method = Occlusion(window=0.5, overlap=2)
    found = method.explain(model, images, Target(np.array([1, 0])))
    with torch.no_grad():
        for row, wanted in enumerate((1, 0)):
            image = images[row : row + 1]
            soft = blurred(image)
            before = model(image)[0, wanted]
            total, times = torch.zeros(64, 64), torch.zeros(64, 64)
            for top in (0, 16, 32):
                for left in (0, 16, 32):
                    there = (slice(top, top + 32), slice(left, left + 32))
                    hidden = image.clone()
                    hidden[(0, slice(None), *there)] = soft[(0, slice(None), *there)]
                    total[there] += before - model(hidden)[0, wanted]
                    times[there] += 1
            np.testing.assert_allclose(found[row], total / times, rtol=1e-3, atol=1e-5)
