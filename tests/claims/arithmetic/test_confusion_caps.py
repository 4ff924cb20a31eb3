from fractions import Fraction
from itertools import product
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from scipy.stats import entropy
from sklearn.metrics import cohen_kappa_score, precision_recall_fscore_support

from hemoscope.claims.arithmetic.confusion_caps import (
    entropy_range,
    kappa_range,
    least_entropy,
    precision_cap,
    recall_cap,
)

from .reports import Report, reports


@given(reports())
@settings(max_examples=20, deadline=None)
def test_kappa_of_any_matrix_lies_in_its_range(report: Report):
    allowed = kappa_range(report.right, report.supports)
    kappa = cohen_kappa_score(*report.labels())
    assert float(allowed.low) - 1e-12 <= kappa <= float(allowed.high) + 1e-12


def test_kappa_without_errors_is_one():
    assert kappa_range(60, [10, 20, 30]).low == kappa_range(60, [10, 20, 30]).high == 1


def test_the_range_of_kappa_is_narrow_where_accuracy_is_high():
    allowed = kappa_range(3330, [237, 596, 294, 602, 241, 307, 679, 462])
    assert float(allowed.high - allowed.low) < 3e-4


@given(reports())
@settings(max_examples=20, deadline=None)
def test_no_true_precision_or_recall_exceeds_its_cap(report: Report):
    true, predicted = report.labels()
    precisions, recalls, *_ = map(np.asarray, precision_recall_fscore_support(true, predicted))
    for k in range(4):
        into, out = int(report.errors[:, k].max()), int(report.errors[k].max())
        assert precisions[k] <= float(precision_cap(int(report.matrix[k, k]), into)) + 1e-12
        assert recalls[k] <= float(recall_cap(report.supports[k], out)) + 1e-12


def test_the_caps_of_the_paper():
    assert precision_cap(280, 18) == Fraction(280, 298)
    assert recall_cap(307, 11) == Fraction(296, 307)


@given(reports())
@settings(max_examples=20, deadline=None)
def test_no_errors_are_more_ordered_than_the_least_entropy(report: Report):
    errors = report.errors
    if errors.sum() == 0:
        return
    assert entropy(errors.ravel()) >= least_entropy(int(errors.sum()), int(errors.max())) - 1e-9


def test_least_entropy_is_that_of_full_cells():
    assert least_entropy(12, 12) == pytest.approx(0)
    assert least_entropy(12, 4) == pytest.approx(log(3))
    assert least_entropy(10, 4) == pytest.approx(entropy([4, 4, 2]))


def test_entropy_range_against_every_choice():
    choices = [[2, 3], [4, 5, 8], [1, 2], [10, 12]]
    tried = [entropy(counts) for counts in product(*choices) if sum(counts) == 20]
    low, high = entropy_range(choices, 20)
    assert low == pytest.approx(min(tried))
    assert high == pytest.approx(max(tried))


def test_an_empty_class_adds_nothing():
    assert entropy_range([[0], [5], [5]], 10)[0] == pytest.approx(log(2))


def test_counts_that_cannot_add_up_are_refused():
    with pytest.raises(ValueError, match="adds up to 99"):
        entropy_range([[1], [2]], 99)
