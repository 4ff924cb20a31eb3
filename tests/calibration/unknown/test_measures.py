import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from scipy.special import logsumexp
from sklearn.covariance import EmpiricalCovariance, LedoitWolf
from sklearn.neighbors import NearestNeighbors

from hemoscope.calibration import CalibrationError, KnownCells
from hemoscope.calibration.unknown.fit import MEASURES
from hemoscope.calibration.unknown.gaussian import fit_gaussian
from hemoscope.calibration.unknown.logit_measures import Energy, MaximumLogit
from hemoscope.calibration.unknown.mahalanobis import (
    fit_mahalanobis,
    fit_relative_mahalanobis,
)
from hemoscope.calibration.unknown.measure import Measure
from hemoscope.calibration.unknown.neighbours import fit_neighbours, unit
from tests.calibration.unknown.planted import CENTRES, WIDTH, known, unknown

KNOWN = known(500)
FITTED = {name: make(KNOWN) for name, make in MEASURES.items()}
NEW = known(60, seed=5)


def features_of(cells: KnownCells) -> np.ndarray:
    assert cells.features is not None
    return cells.features


@given(arrays(np.float64, (7, 4), elements=st.floats(-500, 500)), st.floats(-50, 50))
def test_energy_and_largest_logit(logits: np.ndarray, shift: float):
    assert Energy().score(logits, None) == pytest.approx(-logsumexp(logits, axis=1))
    assert MaximumLogit().score(logits, None) == pytest.approx(-logits.max(1))
    # The energy lies below the negative largest logit, by at most log C (Liu et al. 2020).
    gap = MaximumLogit().score(logits, None) - Energy().score(logits, None)
    assert (gap >= -1e-9).all()
    assert (gap <= np.log(4) + 1e-9).all()
    moved = Energy().score(logits + shift, None) + shift
    assert moved == pytest.approx(Energy().score(logits, None), abs=1e-9)


@pytest.mark.parametrize("neighbours", [1, 5, 20])
def test_neighbours_are_those_of_scikit_learn(neighbours: int):
    fitted = fit_neighbours(KNOWN, neighbours=neighbours)
    search = NearestNeighbors(n_neighbors=neighbours).fit(unit(features_of(KNOWN)))
    distances, _ = search.kneighbors(unit(features_of(NEW)))
    ours = fitted.score(NEW.logits, NEW.features)
    # The bank is kept in steps of 1/127 of its largest number.
    assert ours == pytest.approx(distances[:, -1], abs=fitted.step * np.sqrt(WIDTH))
    exact = NearestNeighbors(n_neighbors=neighbours).fit(fitted.bank * fitted.step)
    assert ours == pytest.approx(exact.kneighbors(unit(features_of(NEW)))[0][:, -1], abs=1e-7)


def test_the_bank_keeps_to_its_size_and_to_every_class():
    fitted = fit_neighbours(KNOWN, size=40 * WIDTH)
    assert fitted.bank.shape == (40, WIDTH)
    nearest = (unit(fitted.bank.astype(float)) @ unit(CENTRES).T).argmax(1)
    assert (np.bincount(nearest) == 10).all()
    assert len(fit_neighbours(KNOWN, size=1).bank) == 4  # at least one of each class
    assert fit_neighbours(KNOWN, size=1).neighbours == 4
    assert (fit_neighbours(KNOWN, seed=0).bank == fit_neighbours(KNOWN, seed=0).bank).all()


def test_all_axes_give_the_distances_of_scikit_learn():
    features = features_of(KNOWN)
    centred = features - np.stack(
        [features[KNOWN.truth == c].mean(0) for c in range(4)]
    )[KNOWN.truth]  # fmt: skip
    theirs = LedoitWolf(assume_centered=True).fit(centred)
    ours = fit_gaussian(features, KNOWN.truth, axes=WIDTH)
    for position in range(4):
        moved = features_of(NEW) - features[KNOWN.truth == position].mean(0)
        expected = theirs.mahalanobis(moved)
        assert ours.distances(features_of(NEW))[:, position] == pytest.approx(expected, rel=0.01)


def test_few_axes_are_the_covariance_of_probabilistic_components():
    """Against the inverse of the matrix that they stand for."""
    features = features_of(KNOWN)
    ours = fit_gaussian(features, KNOWN.truth, axes=3)
    axes = ours.axes.astype(float)
    covariance = ours.rest * np.eye(WIDTH) + axes @ np.diag(ours.variances - ours.rest) @ axes.T
    moved = features_of(NEW)[:, None] - ours.means
    expected = np.einsum("nkf,fg,nkg->nk", moved, np.linalg.inv(covariance), moved)
    assert ours.distances(features_of(NEW)) == pytest.approx(expected, rel=0.01)
    whole = EmpiricalCovariance(assume_centered=True).fit(features - ours.means[KNOWN.truth])
    assert np.trace(covariance) == pytest.approx(np.trace(whole.covariance_), rel=0.01)


def test_relative_distances_are_differences():
    relative, plain = fit_relative_mahalanobis(KNOWN), fit_mahalanobis(KNOWN)
    everything = EmpiricalCovariance().fit(features_of(KNOWN)).mahalanobis(features_of(NEW))
    difference = plain.score(NEW.logits, NEW.features) - relative.score(NEW.logits, NEW.features)
    assert difference == pytest.approx(everything, rel=0.05)


def test_means_are_nearest_to_their_own_cells():
    nearest = fit_mahalanobis(KNOWN).within.distances(features_of(NEW)).argmin(1)
    assert (nearest == NEW.truth).mean() > 0.95


@pytest.mark.parametrize("measure", FITTED.values(), ids=FITTED)
def test_strange_cells_are_stranger(measure: Measure):
    strange = unknown()
    usual = measure.score(NEW.logits, NEW.features)
    odd = measure.score(strange.logits, strange.features)
    assert usual.dtype == np.float64
    assert np.median(odd) > np.quantile(usual, 0.9)


@pytest.mark.parametrize("measure", FITTED.values(), ids=FITTED)
@given(order=st.permutations(range(20)))
def test_rows_do_not_look_at_each_other(measure: Measure, order: list[int]):
    some = NEW.take(np.arange(20))
    straight = measure.score(some.logits, some.features)
    turned = some.take(np.array(order))
    assert measure.score(turned.logits, turned.features) == pytest.approx(straight[order])
    alone = some.take(np.array([3]))
    assert measure.score(alone.logits, alone.features) == pytest.approx(straight[[3]])


@pytest.mark.parametrize("measure", FITTED.values(), ids=FITTED)
def test_no_cells_have_no_scores(measure: Measure):
    assert measure.score(np.empty((0, 4)), np.empty((0, WIDTH))).shape == (0,)


def test_features_that_cannot_be_used_are_refused():
    measure = FITTED["neighbours"]
    with pytest.raises(CalibrationError, match="goes by the model's features, and none were given"):
        measure.score(NEW.logits, None)
    with pytest.raises(CalibrationError, match=r"shape \(60, 3\).* fitted on 12 numbers"):
        measure.score(NEW.logits, features_of(NEW)[:, :3])
    bad = features_of(NEW).copy()
    bad[4, 2] = np.nan
    with pytest.raises(CalibrationError, match="features of row 4 are not finite"):
        measure.score(NEW.logits, bad)
    flat = KnownCells(KNOWN.classes, KNOWN.logits, KNOWN.truth, np.ones((500, 3)))
    with pytest.raises(CalibrationError, match="do not differ within any class"):
        fit_mahalanobis(flat)
    with pytest.raises(CalibrationError, match="4 cells of 4 classes do not show"):
        fit_mahalanobis(KNOWN.take(np.unique(KNOWN.truth, return_index=True)[1]))
