"""Another mix of classes than that of the validation cells."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from scipy.special import softmax
from scipy.stats import norm

from hemoscope.calibration import (
    PRIORS,
    CalibrationError,
    Confusion,
    Prior,
    Trust,
    accept,
    conformalise,
    fit,
)
from hemoscope.errors import UsageError
from tests.calibration.simulate import CLASSES, drawn

FITTED = drawn(2000, temperature=2.0, spread=6.0)
NEW = drawn(500, seed=9, temperature=2.0, spread=6.0, prefix="new/")
PBC = tuple(PRIORS["adult-blood"])

shares = st.lists(st.floats(0.01, 1), min_size=3, max_size=3)


def trust() -> Trust:
    return Trust(
        fit(FITTED, "temperature"),
        conformalise(FITTED, 0.02),
        accept(FITTED, 0.05),
        confusion=Confusion.of(FITTED),
    )


def logits() -> np.ndarray:
    assert NEW.logits is not None
    return NEW.logits


def test_it_gives_what_bayes_gives_where_the_densities_are_known():
    had, expected = np.array([0.7, 0.2, 0.1]), np.array([0.1, 0.3, 0.6])
    seen = np.linspace(-4, 6, 50)
    density = norm.pdf(seen[:, None], [0, 1, 3], [1, 1.5, 1])
    posterior, wanted = density * had, density * expected
    posterior /= posterior.sum(1, keepdims=True)
    wanted /= wanted.sum(1, keepdims=True)
    found = Prior("", tuple(had), tuple(expected)).apply(posterior)
    np.testing.assert_allclose(found, wanted, rtol=1e-12)


@given(shares, shares, shares)
def test_rows_stay_probabilities_and_the_way_back_leads_back(stated, had, expected):
    rows = np.array([stated]) / sum(stated)
    there, back = (
        Prior("", tuple(np.array(a) / sum(a)), tuple(np.array(b) / sum(b)))
        for a, b in ((had, expected), (expected, had))
    )
    assert there.apply(rows).sum() == pytest.approx(1)
    np.testing.assert_allclose(back.apply(there.apply(rows)), rows, rtol=1e-9)


def test_classes_that_are_not_named_keep_their_share():
    prior = Prior.of("b=1,c=3", ("a", "b", "c"), (60, 30, 10))
    assert prior.fitted == pytest.approx((0.6, 0.3, 0.1))
    assert prior.expected == pytest.approx((0.6, 0.1, 0.3))


def test_adult_blood_says_nothing_of_platelets_nor_of_classes_that_a_model_lacks():
    classes = ("lymphocyte", "neutrophil", "platelet")
    prior = Prior.of("adult-blood", classes, (10, 10, 20))
    assert prior.shares(classes) == pytest.approx(
        {"lymphocyte": 1 / 6, "neutrophil": 1 / 3, "platelet": 0.5}
    )
    assert sum(PRIORS["adult-blood"][name] for name in PBC[:5]) == 100


def test_only_the_ratio_of_the_numbers_counts():
    small, large = (Prior.of(f"b={2 * n},c={n}", ("a", "b", "c"), (6, 3, 1)) for n in (1, 8e307))
    assert large.expected == pytest.approx(small.expected)


def test_a_model_of_subtypes_is_refused_a_mix_of_types():
    subtypes = ("band neutrophil", "segmented neutrophil", "lymphocyte", "monocyte", "eosinophil")
    with pytest.raises(UsageError, match="Write CLASS=NUMBER"):
        Prior.of("adult-blood", subtypes, (1,) * 5)


@pytest.mark.parametrize(
    ("asked", "words"),
    [
        ("children", "it takes adult-blood, or CLASS=NUMBER"),
        ("a=1,x=2", "the model does not know, 'x'. The classes: a, b, c"),
        ("a=1,a=2", "names twice 'a'"),
        ("a=1,b=0", "b=0; it takes a number above 0"),
        ("a=1,b=some", "b=some; it takes a number above 0"),
        ("a=1,b=inf", "b=inf; it takes a number above 0"),
        ("a=1", "at least two"),
        ("a=1,c=1", "fitted without a cell of c"),
        ("adult-blood", "the model has a, b, c"),
    ],
)
def test_what_cannot_be_used_is_told(asked: str, words: str):
    with pytest.raises(UsageError) as caught:
        Prior.of(asked, ("a", "b", "c"), (5, 5, 0))
    assert words in str(caught.value)


def test_calls_follow_the_mix_and_a_cell_that_it_calls_otherwise_goes_to_a_person():
    first, second = CLASSES[:2]
    plain, weighed = trust(), trust().with_prior(f"{first}=1,{second}=200")
    before, after = plain.judge(logits()), weighed.judge(logits())
    moved = after.predicted != before.predicted
    assert moved.sum() > 5
    assert not (before.predicted[moved] == 1).any()
    assert not (after.predicted[moved] == 0).any()
    assert (after.own == before.predicted).all()
    assert (before.own == before.predicted).all()
    np.testing.assert_array_equal(after.accepted, before.accepted & ~moved)
    assert before.sets is not None
    assert after.sets is not None
    assert after.sets[np.arange(500), after.predicted].all()
    assert (after.sets >= before.sets).all()
    row = int(np.flatnonzero(moved)[0])
    own = CLASSES[before.predicted[row]]
    called = CLASSES[after.predicted[row]]
    assert after.reasons[row] == (
        f"{called} by the mix of classes that is expected; {own} by its looks alone"
    )
    assert plain.with_prior(None) is plain


def test_the_differential_goes_by_the_models_own_calls():
    weighed = trust().with_prior(f"{CLASSES[0]}=1,{CLASSES[1]}=200")
    assert list(weighed.differential(weighed.judge(logits()))) == list(
        trust().differential(trust().judge(logits()))
    )


def test_a_table_is_weighed_as_cells_are():
    weighed = trust().with_prior(f"{CLASSES[0]}=1,{CLASSES[1]}=20")
    table = weighed.apply(NEW)
    np.testing.assert_allclose(table.probabilities, weighed.judge(logits()).probabilities)
    assert table.provenance["calibration"]["prior"] == f"{CLASSES[0]}=1,{CLASSES[1]}=20"


def test_in_the_expected_mix_it_is_right_more_often():
    rng = np.random.default_rng(0)
    centres, mix = np.array([0.0, 1.5, 3.0]), np.array([0.05, 0.05, 0.9])
    truth = rng.choice(3, 4000, p=mix)
    seen = rng.normal(centres[truth])
    even = softmax(norm.logpdf(seen[:, None], centres), axis=1)
    weighed = Prior("", (1 / 3,) * 3, tuple(mix)).apply(even)
    assert (weighed.argmax(1) == truth).mean() > (even.argmax(1) == truth).mean() + 0.1


def test_a_calibration_that_does_not_tell_its_mix_has_none_to_put_in_its_place():
    with pytest.raises(CalibrationError, match="how many cells of each class"):
        Trust(fit(FITTED, "temperature")).with_prior("a=1,b=2")
