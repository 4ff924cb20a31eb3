import numpy as np
import pytest
from sklearn.metrics import log_loss

from hemoscope.calibration import CalibrationError, choose, fit
from hemoscope.calibration.calibrators import fit_isotonic
from hemoscope.calibration.cross_validation import standard_error
from hemoscope.calibration.folds import deal, one_per_group
from hemoscope.errors import UsageError
from hemoscope.evaluation import evaluate
from hemoscope.predictions import Predictions
from tests.calibration.simulate import drawn


def test_the_figures_before_are_those_of_evaluate(overconfident: Predictions):
    before = fit(overconfident, "temperature").before
    expected = evaluate(overconfident, resamples=0).calibration
    assert before.nll == pytest.approx(expected.nll)
    assert before.ece == pytest.approx(expected.ece)
    assert before.brier == pytest.approx(expected.brier.sum.score)


def test_the_figures_after_come_from_cells_that_were_left_out():
    table = drawn(200, temperature=2.0)
    logits, truth = table.logits, table.truth()
    assert logits is not None
    fitted = fit(table, "isotonic", folds=5, seed=1)
    part = deal(truth, None, 5, 1)
    stated = np.empty_like(logits)
    for fold in range(5):
        rest = fit_isotonic(logits[part != fold], truth[part != fold])
        stated[part == fold] = rest.probabilities(logits[part == fold])
    assert fitted.after.nll == pytest.approx(log_loss(truth, stated, labels=range(4)))
    seen = log_loss(truth, fitted.probabilities(logits), labels=range(4))
    assert seen < fitted.after.nll  # on the cells it was fitted on, it looks better than it is


def test_it_remembers_its_cells(overconfident: Predictions):
    fitted = fit(overconfident, "none")
    assert fitted.cells == len(fitted.fitted_cells) == 1500
    assert fitted.fitted_cells.holds(overconfident).all()
    assert not fitted.fitted_cells.holds(drawn(50, prefix="other/")).any()
    assert fitted.before == fitted.after


def test_heated_logits_are_cooled_by_one_temperature():
    fitted = choose(drawn(3000, temperature=2.0))
    assert fitted.method == "temperature"
    assert set(fitted.candidates) == {"none", "temperature", "class-temperature", "isotonic"}
    none = fitted.candidates["none"]
    assert none.behind is not None
    assert none.standard_error is not None
    assert none.behind > none.standard_error
    assert fitted.after.nll < fitted.before.nll


def test_calibrated_probabilities_are_left_alone():
    assert choose(drawn(3000, temperature=1.0)).method == "none"


def test_a_perfect_table_is_left_alone_and_says_why():
    truth = np.arange(40) % 2
    table = Predictions.from_logits(
        list(map(str, truth + 2 * np.arange(40))), ("a", "b"), 9.0 * np.eye(2)[truth],
        labels=["ab"[c] for c in truth],
    )  # fmt: skip
    fitted = choose(table)
    assert fitted.method == "none"
    assert "too few mistakes" in str(fitted.candidates["temperature"].reason)


def test_probabilities_serve_where_there_are_no_logits(overconfident: Predictions):
    bare = Predictions.from_probabilities(
        list(overconfident.paths),
        overconfident.classes,
        overconfident.probabilities,
        labels=list(overconfident.labels if overconfident.labels is not None else []),
    )
    for method in ("temperature", "class-temperature"):
        ours, theirs = fit(bare, method), fit(overconfident, method)
        assert ours.after.nll == pytest.approx(theirs.after.nll, abs=1e-5)


def test_groups_stay_in_one_fold_and_classes_are_spread():
    table = drawn(600, group_size=4)
    truth = table.truth()
    groups = np.unique(np.asarray(table.groups, str), return_inverse=True)[1]
    part = deal(truth, groups, 5, 0)
    assert all(len(set(part[groups == g])) == 1 for g in np.unique(groups))
    assert set(part) == set(range(5))
    alone = deal(truth, None, 5, 0)
    counts = np.array([np.bincount(alone[truth == c], minlength=5) for c in range(4)])
    assert (np.ptp(counts, axis=1) <= 1).all()


def test_repeated_cells_of_a_group_do_not_flatter():
    """Isotonic curves learn copies by heart, unless the copies stay in one fold."""
    table = drawn(400, temperature=1.0, group_size=8)
    blind = Predictions.from_logits(
        list(table.paths),
        table.classes,
        table.logits if table.logits is not None else [],
        labels=list(table.labels if table.labels is not None else []),
    )
    assert fit(blind, "isotonic").after.nll < fit(table, "isotonic").after.nll


def test_one_cell_of_each_group():
    table = drawn(60, group_size=4)
    chosen = one_per_group(table, 0)
    assert chosen.groups is not None
    assert sorted(chosen.groups) == sorted(set(table.groups if table.groups is not None else []))
    assert list(one_per_group(table, 1).paths) != list(chosen.paths)
    assert one_per_group(drawn(5), 0).groups is None


def test_the_standard_error_counts_groups_not_cells():
    values = np.random.default_rng(0).normal(size=50)
    assert standard_error(values, None) == pytest.approx(values.std(ddof=1) / np.sqrt(50))
    copies, groups = np.repeat(values, 4), np.repeat(np.arange(50), 4)
    assert standard_error(copies, groups) == pytest.approx(standard_error(values, None))


def test_an_unknown_method_is_named():
    with pytest.raises(UsageError, match=r"there is no method 'platt'\. Choose from: none, temp"):
        fit(drawn(50), "platt")


def test_few_cells_are_refused():
    with pytest.raises(CalibrationError, match="6 cells cannot be dealt into 10 parts"):
        fit(drawn(6), "none")
    with pytest.raises(CalibrationError, match="3 groups cannot be dealt into 10 parts"):
        fit(drawn(30, group_size=10), "none")
