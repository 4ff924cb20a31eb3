from typing import Any

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from hypothesis.extra.numpy import arrays
from sklearn import metrics

from hemoscope.evaluation import agreement, classification
from hemoscope.evaluation.confusion import (
    confused_pairs,
    confusion_matrix,
    error_concentration,
    error_entropy,
)
from tests.evaluation.steady import steady

matrices = st.integers(2, 6).flatmap(
    lambda c: arrays(np.int64, (c, c), elements=st.integers(0, 40)).filter(lambda m: m.sum() > 0)
)


def labels(matrix):
    truth, predicted = (m.ravel() for m in np.indices(matrix.shape))
    return np.repeat(truth, matrix.ravel()), np.repeat(predicted, matrix.ravel())


@steady
@given(matrices)
def test_confusion_matrix_is_sklearns(matrix):
    truth, predicted = labels(matrix)
    size = len(matrix)
    expected = metrics.confusion_matrix(truth, predicted, labels=range(size))
    assert (confusion_matrix(truth, predicted, size) == expected).all()


@steady
@given(matrices)
def test_class_figures_are_sklearns_where_both_exist(matrix):
    truth, predicted = labels(matrix)
    score: Any = metrics.precision_recall_fscore_support  # the stubs know no nan
    expected = score(truth, predicted, labels=range(len(matrix)), zero_division=np.nan)
    np.testing.assert_allclose(classification.precision(matrix), expected[0], atol=1e-12)
    np.testing.assert_allclose(classification.recall(matrix), expected[1], atol=1e-12)
    present = np.isfinite(classification.f1(matrix))
    np.testing.assert_allclose(classification.f1(matrix)[present], expected[2][present], atol=1e-12)
    assert (classification.support(matrix) == expected[3]).all()


@steady
@given(matrices)
def test_specificity_is_the_recall_of_all_other_classes(matrix):
    truth, predicted = labels(matrix)
    for c, value in enumerate(classification.specificity(matrix)):
        if (truth != c).any():
            expected = metrics.recall_score(truth != c, predicted != c)
            assert value == pytest.approx(expected, abs=1e-12)
        else:
            assert np.isnan(value)


@pytest.mark.parametrize(
    ("ours", "theirs"),
    [
        (classification.accuracy, metrics.accuracy_score),
        (classification.balanced_accuracy, metrics.balanced_accuracy_score),
        (agreement.kappa, metrics.cohen_kappa_score),
        (agreement.mcc, metrics.matthews_corrcoef),
        (agreement.normalised_mutual_information, metrics.normalized_mutual_info_score),
    ],
)
def test_scalars_are_sklearns(ours, theirs):
    rng = np.random.default_rng(3)
    for size in (2, 3, 8):
        truth = np.append(rng.integers(size, size=300), range(size))
        predicted = np.where(rng.random(len(truth)) < 0.7, truth, rng.integers(size))
        matrix = confusion_matrix(truth, predicted, size)
        assert float(ours(matrix)) == pytest.approx(theirs(truth, predicted), abs=1e-9)


def test_averages_are_sklearns_when_every_class_occurs():
    rng = np.random.default_rng(4)
    truth = rng.integers(4, size=500)
    predicted = np.where(rng.random(500) < 0.8, truth, rng.integers(4, size=500))
    matrix = confusion_matrix(truth, predicted, 4)
    figures = (classification.precision, classification.recall, classification.f1)
    for name in ("macro", "weighted"):
        expected = metrics.precision_recall_fscore_support(truth, predicted, average=name)
        average = getattr(classification, name)
        for figure, value in zip(figures, expected, strict=False):
            assert float(average(figure(matrix), matrix)) == pytest.approx(value, abs=1e-12)
    assert float(classification.f1_sd(matrix)) == pytest.approx(
        np.std(classification.f1(matrix), ddof=1), abs=1e-12
    )


def test_a_class_that_is_never_predicted_makes_macro_precision_undefined_but_not_f1():
    matrix = np.array([[5, 0], [3, 0]])
    assert np.isnan(classification.macro(classification.precision(matrix), matrix))
    assert float(classification.macro(classification.f1(matrix), matrix)) == pytest.approx(5 / 13)


def test_an_absent_class_is_left_out_of_the_averages():
    matrix = np.array([[5, 1, 0], [0, 4, 0], [0, 0, 0]])
    assert float(classification.balanced_accuracy(matrix)) == pytest.approx((5 / 6 + 1) / 2)
    assert np.isnan(classification.recall(matrix)[2])


def test_constant_forecaster_agrees_only_by_chance():
    matrix = np.array([[30, 0, 0], [20, 0, 0], [10, 0, 0]])
    assert float(agreement.kappa(matrix)) == pytest.approx(0)
    assert np.isnan(agreement.mcc(matrix))
    one_class = np.array([[9, 0], [0, 0]])
    assert np.isnan(agreement.kappa(one_class))
    assert np.isnan(agreement.normalised_mutual_information(one_class))


@steady
@given(matrices, st.randoms(use_true_random=False))
def test_nothing_depends_on_the_order_of_classes(matrix, random):
    order = list(range(len(matrix)))
    random.shuffle(order)
    shuffled = matrix[np.ix_(order, order)]
    for figure in (classification.accuracy, agreement.kappa, agreement.mcc, classification.f1_sd):
        np.testing.assert_allclose(figure(matrix), figure(shuffled), atol=1e-9)
    assert error_entropy(matrix) == pytest.approx(error_entropy(shuffled), nan_ok=True)
    assert error_concentration(matrix) == pytest.approx(error_concentration(shuffled), nan_ok=True)


@steady
@given(matrices)
def test_bounds(matrix):
    for figure in (
        classification.accuracy,
        classification.precision,
        classification.recall,
        classification.f1,
        classification.specificity,
        agreement.normalised_mutual_information,
    ):
        values = figure(matrix)
        values = values[np.isfinite(values)]
        assert ((values >= -1e-12) & (values <= 1 + 1e-12)).all()
    for figure in (agreement.kappa, agreement.mcc):
        value = figure(matrix)
        assert np.isnan(value) or -1 - 1e-12 <= value <= 1 + 1e-12


def test_one_call_scores_many_matrices():
    rng = np.random.default_rng(0)
    stack = rng.integers(1, 30, size=(4, 3, 3))
    for figure in (classification.f1, agreement.mcc, classification.f1_sd, agreement.kappa):
        np.testing.assert_allclose(figure(stack), [figure(m) for m in stack], atol=1e-12)


def test_confused_pairs_count_as_the_paper_does():
    # InceptionV3: 8 of class 3 called class 5 and 4 the other way, of 602 + 307 cells: 1.32 %.
    matrix = np.array([[594, 8], [4, 303]])
    (pair,) = confused_pairs(matrix, ("ig", "monocyte"))
    assert (pair.first, pair.second, pair.count) == ("ig", "monocyte", 12)
    assert (pair.first_as_second, pair.second_as_first) == (8, 4)
    assert round(100 * pair.share, 2) == 1.32


def test_error_entropy_in_closed_form():
    even = np.array([[7, 2, 2], [2, 7, 2], [2, 2, 7]])
    assert error_entropy(even) == pytest.approx(np.log(6))
    assert error_entropy(np.array([[7, 2], [0, 7]])) == 0
    assert np.isnan(error_entropy(np.eye(3)))


def test_error_concentration_takes_both_directions_of_three_pairs():
    matrix = np.zeros((4, 4))
    matrix[0, 1], matrix[1, 0], matrix[2, 3], matrix[0, 2], matrix[1, 3] = 4, 2, 3, 2, 1
    assert error_concentration(matrix) == pytest.approx(11 / 12)
