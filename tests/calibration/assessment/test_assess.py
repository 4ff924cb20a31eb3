import numpy as np
import pytest

from hemoscope.calibration import Trust, accept, conformalise, fit
from hemoscope.calibration.assessment import assess
from hemoscope.calibration.assessment.proportions import share
from hemoscope.cell_set import FittedCellsError
from hemoscope.evaluation import evaluate
from hemoscope.evaluation.hierarchy.pbc import PBC
from hemoscope.evaluation.result import plain
from tests.calibration.simulate import drawn

FITTED = drawn(1500, temperature=2.0, spread=6.0)
NEW = drawn(700, seed=4, temperature=2.0, spread=6.0, prefix="new/")
TRUST = Trust(fit(FITTED, "temperature"), conformalise(FITTED, 0.05), accept(FITTED, 0.1))


@pytest.fixture(scope="module")
def found():
    return assess(TRUST, NEW, resamples=200)


def test_before_and_after_are_evaluations_of_their_own(found):
    for got, table in ((found.before, NEW), (found.after, TRUST.apply(NEW))):
        assert got.to_dict() == evaluate(table, resamples=200).to_dict()
    change = found.changes["calibration.nll"]
    assert change.before == found.before.estimate("calibration.nll")
    assert change.difference == pytest.approx(change.after.value - change.before.value)
    assert change.interval.low < change.difference < change.interval.high < 0


def test_the_hierarchy_is_the_one_that_was_asked_for():
    few = NEW.take(np.arange(100))
    names = (None, PBC, "auto")
    trees = [assess(TRUST, few, resamples=0, hierarchy=name).after.hierarchy for name in names]
    assert [tree is None for tree in trees] == [True, False, False]


def test_coverage_is_counted(found):
    sets = TRUST.judge(NEW.logits).sets
    held = sets[np.arange(700), NEW.truth()]
    figures = found.conformal
    assert figures.covered == held.sum()
    assert figures.coverage.value == pytest.approx(held.mean())
    assert figures.coverage.interval.low < held.mean() < figures.coverage.interval.high
    assert figures.sizes == dict(zip(*np.unique(sets.sum(1), return_counts=True), strict=True))
    assert figures.expected[0] < 0.95 < figures.expected[1]
    for c, name in enumerate(NEW.classes):
        assert figures.per_class[name].value == pytest.approx(held[NEW.truth() == c].mean())


def test_errors_among_accepted_cells_are_counted(found):
    accepted = TRUST.judge(NEW.logits).accepted
    wrong = NEW.predicted != NEW.truth()
    assert found.acceptance.accepted == accepted.sum() > 0
    assert found.acceptance.errors == (accepted & wrong).sum()
    assert found.acceptance.error.value == pytest.approx(wrong[accepted].mean())


def test_it_is_plain_json(found):
    import json

    told = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert told["changes"]["calibration.ece"]["before"] == plain(
        found.before.estimate("calibration.ece")
    )
    assert told["fitted_on"] == 1500


def test_fitted_cells_are_refused_unless_asked_for():
    mixed = FITTED.take(np.arange(10))
    with pytest.raises(FittedCellsError, match="fitted on 10 of these 10 cells"):
        assess(TRUST, mixed, resamples=0)
    assert assess(TRUST, FITTED, resamples=0, allow_fitted_cells=True).fitted_on == 1500


def test_groups_widen_the_intervals_and_leave_theory_out():
    grouped = drawn(700, seed=4, temperature=2.0, spread=6.0, prefix="new/", group_size=7)
    figures = assess(TRUST, grouped, resamples=0).conformal
    assert figures is not None
    assert figures.expected is None
    assert figures.coverage.interval is not None
    assert figures.coverage.interval.method == "wilson-grouped"


def test_what_was_not_fitted_is_none():
    bare = assess(Trust(TRUST.calibrator), NEW, resamples=0)
    assert bare.conformal is None
    assert bare.acceptance is None
    nothing = Trust(TRUST.calibrator, None, accept(FITTED, 0.0001))
    figures = assess(nothing, NEW, resamples=0).acceptance
    assert figures is not None
    assert figures.error.value is None
    assert figures.error.reason == "no cell is accepted"


def test_a_share_without_cells_or_groups_says_why():
    yes = np.ones(3, bool)
    assert share(yes, ~yes, None, level=0.95, reason="none").reason == "none"
    one_group = share(yes, yes, np.zeros(3, int), level=0.95, reason="none")
    assert one_group.value == 1
    assert one_group.reason == "all cells are of one group"
