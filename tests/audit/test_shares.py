"""Shares and their difference, against statsmodels and scipy."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.stats import fisher_exact
from statsmodels.stats.proportion import confint_proportions_2indep

from hemoscope.audit.shares import difference_of, share_of


def share(right: int, cells: int):
    return share_of(np.arange(cells) < right)


@given(st.data())
def test_the_limits_are_newcombes(data):
    counts = []
    for _ in range(2):
        cells = data.draw(st.integers(1, 60))
        counts += [data.draw(st.integers(0, cells)), cells]
    found = difference_of(share(*counts[:2]), share(*counts[2:]))
    assert found is not None
    expected = confint_proportions_2indep(*counts, method="newcomb", compare="diff")
    assert (found.low, found.high) == pytest.approx(expected, abs=1e-9)
    assert found.low <= found.difference <= found.high


def test_published_limits_and_fishers_p():
    """56 of 70 against 48 of 80: 0.0524 to 0.3339 (Newcombe 1998, table II, method 10)."""
    found = difference_of(share(56, 70), share(48, 80))
    assert found is not None
    assert (found.low, found.high) == pytest.approx((0.0524, 0.3339), abs=5e-5)
    assert found.p == fisher_exact([[56, 14], [48, 32]]).pvalue


def test_no_cells_have_no_difference():
    assert difference_of(share(0, 0), share(1, 2)) is None
    assert difference_of(share(1, 2), share(0, 0)) is None
