from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from hemoscope.calibration import CalibrationError, KnownCells, fit_unknown
from hemoscope.calibration.folds import one_row_per_group
from hemoscope.calibration.unknown import MEASURES
from hemoscope.calibration.unknown.fit import apart
from hemoscope.errors import UsageError
from tests.calibration.unknown.planted import known, unknown

KNOWN, REFERENCE = known(400), known(300, seed=2)


@pytest.mark.parametrize("method", MEASURES)
def test_the_threshold_is_the_conformal_quantile(method: str):
    fitted = fit_unknown(method, KNOWN, REFERENCE, flag_rate=0.05)
    scores = np.sort(fitted.score(KNOWN.logits, KNOWN.features))
    assert fitted.threshold == pytest.approx(scores[int(np.ceil(401 * 0.95)) - 1])
    assert (scores > fitted.threshold).sum() == 400 - 381
    assert fitted.cells == 400
    assert fitted.reference == (0 if method in ("energy", "max-logit") else 300)
    strange = unknown()
    assert (fitted.score(strange.logits, strange.features) > fitted.threshold).mean() > 0.9


@settings(max_examples=20)
@given(st.floats(0.01, 0.5), st.floats(0.01, 0.5))
def test_a_larger_rate_never_raises_the_threshold(one: float, other: float):
    small, large = sorted((one, other))
    loose = fit_unknown("energy", KNOWN, flag_rate=large)
    assert loose.threshold <= fit_unknown("energy", KNOWN, flag_rate=small).threshold


@pytest.mark.parametrize("method", ["energy", "neighbours", "mahalanobis"])
def test_the_flagged_share_of_new_known_cells_is_at_most_the_rate(method: str):
    """On average over the draw of 99 validation cells: 0.1 by theory, without ties."""
    new = known(400, seed=99)
    shares = []
    for seed in range(60):
        fitted = fit_unknown(method, known(99, seed=100 + seed), REFERENCE, flag_rate=0.1)
        shares.append((fitted.score(new.logits, new.features) > fitted.threshold).mean())
    error = np.std(shares) / np.sqrt(len(shares))
    assert np.mean(shares) == pytest.approx(0.1, abs=4 * error)


def test_without_a_reference_no_cell_serves_twice():
    first, second = apart(KNOWN, None, 0)
    assert len(first) + len(second) == 400
    rows = {tuple(row) for row in first.logits} & {tuple(row) for row in second.logits}
    assert not rows
    fitted = fit_unknown("neighbours", KNOWN)
    assert (fitted.reference, fitted.cells) == (len(first), len(second))


def test_groups_count_once():
    grouped = known(1500, groups=150)
    assert fit_unknown("energy", grouped).cells == 150
    assert grouped.groups is not None
    drawn = grouped.take(one_row_per_group(grouped.groups, 4))
    alone = replace(drawn, groups=None)
    thresholds = [fit_unknown("energy", cells, seed=4).threshold for cells in (grouped, alone)]
    assert thresholds[0] == thresholds[1]
    first, second = apart(grouped, None, 0)
    assert first.groups is not None
    assert second.groups is not None
    assert not set(first.groups) & set(second.groups)


def test_order_of_the_cells_does_not_matter():
    turned = KNOWN.take(np.random.default_rng(0).permutation(400))
    for method in MEASURES:
        straight = fit_unknown(method, KNOWN, REFERENCE).threshold
        assert fit_unknown(method, turned, REFERENCE).threshold == pytest.approx(straight)


def test_what_cannot_be_fitted_is_told():
    with pytest.raises(UsageError, match=r"no method 'odin'\. Choose from: energy, max-logit"):
        fit_unknown("odin", KNOWN)
    with pytest.raises(UsageError, match="flag_rate is 1; it is a share between 0 and 1"):
        fit_unknown("energy", KNOWN, flag_rate=1)
    with pytest.raises(CalibrationError, match=r"50 cells cannot show .* 1 % .* it takes 99"):
        fit_unknown("energy", known(50))
    bare = KnownCells(KNOWN.classes, KNOWN.logits, KNOWN.truth)
    with pytest.raises(CalibrationError, match="none were given"):
        fit_unknown("mahalanobis", bare)
    with pytest.raises(CalibrationError, match="the reference cells have the classes ig, monocyte"):
        fit_unknown("mahalanobis", KNOWN, REFERENCE.without(0))
    with pytest.raises(CalibrationError, match="3 rows of features for 400 cells"):
        KnownCells(KNOWN.classes, KNOWN.logits, KNOWN.truth, np.ones((3, 2)))
