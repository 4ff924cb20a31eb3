import numpy as np
import pytest
import torch
from scipy.stats import spearmanr
from torchmetrics.functional.image import structural_similarity_index_measure

from hemoscope.explanation.faithfulness.similarity import rank_correlation, structural_similarity

RNG = np.random.default_rng(0)
ONE = RNG.random((40, 50))
OTHER = 0.6 * ONE + 0.4 * RNG.random((40, 50))


def test_rank_correlation_against_scipy():
    expected = spearmanr(ONE.ravel(), OTHER.ravel()).statistic
    assert rank_correlation(ONE, OTHER) == pytest.approx(expected)
    assert rank_correlation(ONE, -ONE) == pytest.approx(-1)
    assert rank_correlation(ONE, np.ones_like(ONE)) == 0


def test_structural_similarity_against_torchmetrics():
    def stretched(values: np.ndarray) -> torch.Tensor:
        low = values.min()
        return torch.from_numpy((values - low) / (values.max() - low))[None, None]

    expected = structural_similarity_index_measure(
        stretched(ONE), stretched(OTHER), data_range=1.0, sigma=1.5
    )
    assert structural_similarity(ONE, OTHER) == pytest.approx(float(expected), abs=1e-4)
    assert structural_similarity(ONE, 5 * ONE + 2) == pytest.approx(1)
