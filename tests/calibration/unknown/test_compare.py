import numpy as np
import pytest
from scipy.special import logsumexp

from hemoscope.calibration import CalibrationError, KnownCells, choose_unknown
from hemoscope.calibration.unknown import (
    MEASURES,
    UnknownCells,
    UnknownComparison,
    compare_methods,
    leave_one_class_out,
    outside_trials,
)
from tests.calibration.unknown.planted import CLASSES, known, unknown

KNOWN, REFERENCE = known(400), known(300, seed=2)


def test_auroc_is_the_share_of_pairs_in_which_the_unknown_cell_is_the_stranger_one():
    trial = next(iter(outside_trials(KNOWN, None, {"blasts": unknown()})))
    (result,) = compare_methods([trial], ["energy"]).results
    strange = -logsumexp(trial.unknown.logits, axis=1)[:, None]
    usual = -logsumexp(trial.known.logits, axis=1)
    pairs = (strange > usual) + 0.5 * (strange == usual)
    assert result.auroc == pytest.approx(pairs.mean())
    assert (result.unknown, result.known) == pairs.shape


def test_a_class_is_left_out_of_everything():
    trials = list(leave_one_class_out(KNOWN, REFERENCE))
    assert [trial.name for trial in trials] == [f"without {name}" for name in CLASSES]
    second = trials[1]
    assert second.known.classes == ("basophil", "monocyte", "platelet")
    assert second.reference is not None
    assert len(second.reference) == (REFERENCE.truth != 1).sum()
    assert (second.known.logits == KNOWN.logits[KNOWN.truth != 1][:, [0, 2, 3]]).all()
    assert (second.unknown.logits == KNOWN.logits[KNOWN.truth == 1][:, [0, 2, 3]]).all()
    names = np.array(CLASSES)[KNOWN.truth[KNOWN.truth != 1]]
    assert (np.array(second.known.classes)[second.known.truth] == names).all()
    absent = KNOWN.take(KNOWN.truth != 2)
    assert len(list(leave_one_class_out(absent))) == 3


def test_the_best_method_is_taken():
    fitted, compared = choose_unknown(KNOWN, REFERENCE, {"blasts": unknown()})
    frame = compared.frame()
    assert len(frame) == len(MEASURES) * (len(CLASSES) + 1)
    assert list(frame.columns) == ["method", "trial", "unknown", "known", "auroc", "flagged"]
    means = frame.groupby("method")["auroc"].mean()
    assert means[fitted.method] == means.max()
    assert fitted.method == compared.best()
    assert fitted.compared[fitted.method].auroc == pytest.approx(means.max())
    assert fitted.compared[fitted.method].trials == 5
    assert frame.groupby("trial")["unknown"].first()["blasts"] == 80


def test_known_cells_of_a_trial_did_not_fit_the_measure():
    frame = compare_methods(leave_one_class_out(KNOWN), ["energy", "mahalanobis"]).frame()
    counts = frame.groupby("method")["known"].sum()
    assert counts["energy"] == pytest.approx(2 * counts["mahalanobis"], rel=0.02)


def test_without_features_only_the_logits_are_asked():
    bare = KnownCells(KNOWN.classes, KNOWN.logits, KNOWN.truth)
    assert set(compare_methods(leave_one_class_out(bare)).means()) == {"energy", "max-logit"}
    with pytest.raises(CalibrationError, match="no trial to compare methods in"):
        compare_methods([])


def test_every_method_is_asked_in_the_same_trials():
    bare = UnknownCells(unknown().logits)
    trials = [*leave_one_class_out(KNOWN), *outside_trials(KNOWN, None, {"bare": bare})]
    means = compare_methods(trials).means()
    assert {name: mean.trials for name, mean in means.items()} == {"energy": 5, "max-logit": 5}
    with pytest.raises(CalibrationError, match="none were given"):
        compare_methods(trials, ["neighbours"])


def test_an_earlier_method_wins_a_tie():
    compared = compare_methods(leave_one_class_out(KNOWN), ["energy"])
    twice = [r.__class__(**{**vars(r), "method": "max-logit"}) for r in compared.results]
    tied = UnknownComparison(0.01, (*compared.results, *twice))
    assert tied.best() == "energy"
