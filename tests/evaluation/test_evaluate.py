import json

import numpy as np
import pandas as pd
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from sklearn import metrics

from hemoscope.evaluation import EvaluationError, evaluate
from hemoscope.predictions import Predictions, PredictionsError
from tests.evaluation.simulate import predictions
from tests.evaluation.steady import known

KEYS = {
    *("accuracy", "balanced_accuracy", "per_class", "macro", "weighted", "f1_sd", "kappa", "mcc"),
    *("roc", "pr", "calibration", "confusion", "separation", "selective"),
}


def numbers(node, path=""):
    """Path and value of every number of a JSON tree outside the lists."""
    if isinstance(node, dict):
        for key, value in node.items():
            yield from numbers(value, f"{path}.{key}" if path else key)
    elif isinstance(node, (int, float)) and not isinstance(node, bool):
        yield path, node


def test_json_is_strict_and_has_the_keys(table):
    values = evaluate(table, resamples=50).to_dict()
    assert set(values) >= KEYS
    assert json.loads(json.dumps(values, allow_nan=False)) == values
    row = values["per_class"]["ig"]
    assert set(row) == {"precision", "recall", "f1", "support", "specificity"}
    assert values["roc"]["macro"]["sensitivity_at_fpr"].keys() == {"0.01", "0.05"}
    assert values["selective"]["coverage_at_error"].keys() == {"0.001", "0.005", "0.01"}


def test_figures_are_sklearns(table):
    found = evaluate(table, resamples=0)
    truth, probabilities = table.truth(), table.probabilities
    onehot = np.eye(5)[truth]
    assert found.accuracy == pytest.approx(metrics.accuracy_score(truth, table.predicted))
    expected = metrics.roc_auc_score(onehot, probabilities, average="macro")
    assert found.roc.macro.auc == pytest.approx(expected, abs=1e-12)
    expected = metrics.average_precision_score(onehot, probabilities, average="macro")
    assert found.pr.macro.average_precision == pytest.approx(expected, abs=1e-12)
    expected = metrics.log_loss(truth, probabilities, labels=range(5))
    assert found.calibration.nll == pytest.approx(expected, abs=1e-9)
    expected = ((probabilities - onehot) ** 2).sum(1).mean()
    assert found.calibration.brier.sum.score == pytest.approx(expected, abs=1e-12)


def test_every_headline_figure_has_an_interval_around_it_or_a_reason(table):
    found = evaluate(table, resamples=200, seed=5)
    for path, interval in found.intervals.items():
        estimate = found.estimate(path)
        assert estimate.value is not None
        assert interval.level == 0.95
        drawn = interval.method.startswith(("bootstrap", "test-inversion"))
        assert (interval.seed == 5) is drawn
        assert (interval.resamples is not None) is drawn
        assert interval.low <= interval.high
        if interval.method.startswith(("wilson", "delong", "newcombe")):
            assert interval.low <= estimate.value <= interval.high
    for path in (
        "accuracy",
        "kappa",
        "mcc",
        "macro.f1",
        "roc.micro.auc",
        "pr.macro.precision_at_recall.0.9",
        "calibration.ece",
        "calibration.nll",
        "selective.aurc",
    ):
        assert path in found.intervals
    assert "biased upward" in found.no_interval["calibration.mce"]


def test_bootstrap_is_that_of_repeated_cells():
    """The weighted formulas give what evaluating each resampled table gives."""
    from hemoscope.evaluation.headline import resampled_figures
    from hemoscope.evaluation.intervals.resampling import Resampling
    from hemoscope.evaluation.scored import Scored

    table = predictions(150, 3, seed=2)
    scored = Scored.of(table)
    plan = Resampling(scored.truth, None, resamples=6, seed=1)
    figures = resampled_figures(scored, plan, bins=15)
    weights = np.concatenate(list(plan.blocks()), axis=1).astype(int)
    unlike = {"calibration.adaptive_ece"}  # its borders stay those of the whole table
    for r in range(6):
        rows = np.repeat(np.arange(150), weights[:, r])
        again = Predictions.from_logits(
            [f"{i}" for i in range(len(rows))],
            table.classes,
            known(table.logits)[rows],
            labels=list(known(table.labels)[rows]),
        )
        found = evaluate(again, resamples=0)
        for path in figures.keys() - unlike:
            value = found.estimate(path).value
            assert figures[path][r] == pytest.approx(value, abs=1e-9, nan_ok=True), path


def test_resamples_keep_the_supports_or_the_groups():
    from hemoscope.evaluation.intervals.resampling import Resampling

    truth = np.repeat([0, 1, 2], [50, 30, 5])
    weights = np.concatenate(list(Resampling(truth, None, 70, 0).blocks()), axis=1)
    assert weights.shape == (85, 70)
    for c, count in enumerate((50, 30, 5)):
        assert (weights[truth == c].sum(0) == count).all()
    groups = np.arange(85) // 5
    weights = np.concatenate(list(Resampling(truth, groups, 40, 0).blocks()), axis=1)
    assert (weights == weights[groups * 5]).all()
    assert (weights[::5].sum(0) == 17).all()


@settings(max_examples=8, deadline=None)
@given(st.integers(0, 1000), st.randoms(use_true_random=False))
def test_order_of_cells_and_classes_does_not_matter(seed, random):
    table = predictions(80, 4, seed=seed)
    cells, classes = list(range(80)), list(range(4))
    random.shuffle(cells)
    random.shuffle(classes)
    other = Predictions.from_logits(
        list(table.paths[cells]),
        [table.classes[c] for c in classes],
        known(table.logits)[cells][:, classes],
        labels=list(known(table.labels)[cells]),
    )
    first, second = (dict(numbers(evaluate(t, resamples=0).to_dict())) for t in (table, other))
    for path, value in first.items():
        if not path.startswith("intervals.calibration"):  # simulated, bin by bin, in another order
            if path.endswith("ece_debiased"):
                continue
            assert second[path] == pytest.approx(value, abs=1e-9), path


def test_the_same_seed_gives_the_same_result(table):
    assert evaluate(table, resamples=40).to_dict() == evaluate(table, resamples=40).to_dict()
    other = evaluate(table, resamples=40, seed=1)
    assert other.intervals["kappa"] != evaluate(table, resamples=40).intervals["kappa"]


def test_a_class_without_cells_is_null_and_says_why(table):
    few = table.take(np.flatnonzero(table.labels != "ig"))
    found = evaluate(few, resamples=30)
    values = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert values["per_class"]["ig"]["recall"] is None
    assert values["roc"]["per_class"]["ig"]["auc"] is None
    assert found.undefined["roc.per_class.ig.auc"] == "no cell is of this class"
    assert found.undefined["per_class.ig.recall"] == "no cell is of this class"
    assert values["roc"]["macro"]["auc"] is not None
    assert "per_class.ig.recall" not in found.intervals


def test_a_single_class_has_no_auc_anywhere_but_micro(table):
    found = evaluate(table.take(np.flatnonzero(table.labels == "ig")), resamples=30)
    assert found.roc.macro.auc is None
    assert found.roc.micro.auc is not None
    assert found.mcc is None
    for path in ("roc.macro.auc", "mcc", "f1_sd", "separation.mean"):
        assert found.undefined[path]
    assert found.undefined["roc.per_class.ig.auc"] == "every cell is of this class"
    json.dumps(found.to_dict(), allow_nan=False)


def test_every_null_figure_has_a_reason(table):
    few = table.take(np.flatnonzero(table.labels == "ig")[:3])
    found = evaluate(few, resamples=20)

    def nulls(node, path=""):
        if isinstance(node, dict):
            for key, value in node.items():
                yield from nulls(value, f"{path}.{key}" if path else key)
        elif node is None:
            yield path

    plain = found.to_dict(curves=False)
    for section in KEYS:
        for path in nulls({section: plain[section]}):
            if path.endswith("f1_plateau"):
                continue  # None = F1 never reaches 0.9, which is an answer
            assert path in found.undefined, path


def test_a_perfect_model():
    table = predictions(200, 3, seed=0)
    sure = Predictions.from_probabilities(
        list(table.paths),
        table.classes,
        np.eye(3)[table.truth()],
        labels=list(known(table.labels)),
    )
    found = evaluate(sure, resamples=50)
    assert found.accuracy == found.kappa == found.roc.macro.auc == 1
    assert found.calibration.ece == found.calibration.nll == found.calibration.brier.sum.score == 0
    assert found.confusion.mistakes.count == 0
    for path in ("confusion.error_entropy", "hierarchy.mistake_distance"):
        assert found.undefined[path] == "no cell was called wrong"
    accuracy = found.intervals["accuracy"]
    assert (accuracy.method, accuracy.high) == ("wilson", 1.0)
    assert accuracy.low == pytest.approx(0.98115, abs=1e-4)
    assert found.intervals["roc.per_class.ig.auc"].method == "newcombe"
    assert found.intervals["roc.per_class.ig.auc"].low < 1
    assert "same value" in found.no_interval["macro.f1"]
    json.dumps(found.to_dict(), allow_nan=False)


def test_a_constant_model():
    table = predictions(300, 3, seed=0)
    flat = np.tile([0.5, 0.3, 0.2], (300, 1))
    found = evaluate(
        Predictions.from_probabilities(
            list(table.paths), table.classes, flat, labels=list(known(table.labels))
        ),
        resamples=50,
    )
    assert found.roc.macro.auc == 0.5
    assert found.kappa == pytest.approx(0)
    assert found.mcc is None
    assert found.macro.precision is None
    assert found.undefined["per_class.ig.precision"] == "no cell was called this class"
    for path in ("roc.per_class.ig.auc", "roc.macro.auc", "roc.micro.auc"):
        assert (path in found.intervals) is (path == "roc.micro.auc")
    assert "no score tells one cell from another" in found.no_interval["roc.macro.auc"]
    json.dumps(found.to_dict(), allow_nan=False)


def test_probability_zero_for_the_truth_makes_the_loss_infinite_not_a_number():
    found = evaluate(
        Predictions.from_probabilities(["a", "b"], ["x", "y"], [[1, 0], [1, 0]], labels=["x", "y"]),
        resamples=10,
    )
    assert found.calibration.nll is None
    assert "infinite" in found.undefined["calibration.nll"]


def test_groups_widen_the_intervals():
    rng = np.random.default_rng(0)
    table = predictions(60, 3, seed=4, gain=3)
    rows = np.repeat(np.arange(60), 10)  # ten copies of each cell: 600 rows, 60 independent
    copies = Predictions.from_logits(
        [f"{i}" for i in range(600)],
        table.classes,
        known(table.logits)[rows] + 1e-3 * rng.normal(size=(600, 3)),
        labels=list(known(table.labels)[rows]),
        groups=[f"cell{i}" for i in rows],
    )
    alone = Predictions(copies.paths, copies.classes, copies.probabilities, labels=copies.labels)
    grouped, single = evaluate(copies, resamples=200), evaluate(alone, resamples=200)
    assert grouped.groups == 60
    for path in ("accuracy", "roc.macro.auc", "roc.micro.auc", "kappa", "calibration.nll"):
        widths = [e.intervals[path].high - e.intervals[path].low for e in (grouped, single)]
        assert widths[0] > 2 * widths[1], path
    assert grouped.intervals["accuracy"].method == "wilson-grouped"
    assert grouped.intervals["kappa"].method == "bootstrap-grouped"
    # Dependent cells err together, so less of the ECE seen is proof of miscalibration.
    assert grouped.intervals["calibration.ece"].low < single.intervals["calibration.ece"].low
    debiased = [known(e.calibration.ece_debiased) for e in (grouped, single)]
    assert debiased[0] < debiased[1]


def test_what_rests_on_a_single_cell_has_no_bootstrap_interval(table):
    others = np.flatnonzero(table.labels == "ig")[1:]
    found = evaluate(table.take(np.setdiff1d(np.arange(len(table)), others)), resamples=50)
    for path in (
        *("balanced_accuracy", "macro.f1", "f1_sd", "per_class.ig.f1", "separation.mean"),
        *("pr.macro.average_precision", "roc.per_class.ig.partial_auc"),
    ):
        assert path not in found.intervals, path
        assert "one cell only" in found.no_interval[path]
    for path in ("kappa", "weighted.f1", "per_class.basophil.f1", "calibration.nll"):
        assert path in found.intervals, path


def test_one_group_has_no_intervals(table):
    one = Predictions(
        table.paths,
        table.classes,
        table.probabilities,
        labels=table.labels,
        groups=np.full(len(table), "p1", dtype=object),
    )
    found = evaluate(one, resamples=10)
    assert found.intervals == {}
    assert "one group" in found.no_interval["*"]


def test_mistakes_come_most_confident_first_and_json_lists_a_thousand():
    table = predictions(4000, 4, gain=0.5, seed=3)
    found = evaluate(table, resamples=0)
    mistakes = found.confusion.mistakes
    assert mistakes.count == (table.predicted != table.truth()).sum() > 1000
    assert (np.diff(mistakes.confidence) <= 0).all()
    assert (mistakes.paths == table.paths[mistakes.rows]).all()
    listed = found.to_dict()["confusion"]["mistakes"]
    assert (listed["count"], listed["listed"], len(listed["cells"])) == (mistakes.count, 1000, 1000)
    assert set(listed["cells"][0]) == {
        *("rows", "paths", "truth", "predicted", "confidence", "probability_of_truth")
    }


def test_history_gives_dynamics(table):
    frame = pd.DataFrame(
        [[1, 1.0, 1.0, 0.5, 0.6, 60.0]],
        columns=["epoch", "train_loss", "val_loss", "train_accuracy", "val_accuracy", "seconds"],
    )
    assert known(evaluate(table, resamples=0, history=frame).dynamics).minutes == 1
    assert evaluate(table, resamples=0).dynamics is None


def test_what_cannot_be_evaluated_is_refused(table):
    bare = Predictions(table.paths, table.classes, table.probabilities)
    with pytest.raises(PredictionsError, match="no 'label' column"):
        evaluate(bare)
    with pytest.raises(EvaluationError, match="no cells"):
        evaluate(table.take(np.zeros(600, bool)))
    with pytest.raises(EvaluationError, match="at least 1 bin"):
        evaluate(table, bins=0)
    with pytest.raises(EvaluationError, match="give 0 for none"):
        evaluate(table, resamples=-1)
    with pytest.raises(EvaluationError, match="between 0 and 1"):
        evaluate(table, level=1.0)


def test_a_class_name_with_dots_is_found():
    table = Predictions.from_probabilities(
        ["a", "b", "c"],
        ["x.y", "x"],
        [[0.9, 0.1], [0.2, 0.8], [0.6, 0.4]],
        labels=["x.y", "x", "x"],
    )
    found = evaluate(table, resamples=0)
    assert found.estimate("per_class.x.y.recall").value == 1
    assert found.estimate("per_class.x.recall").value == 0.5
    with pytest.raises(KeyError):
        found.estimate("per_class.z.recall")
    backwards = evaluate(
        Predictions.from_probabilities(
            list(table.paths), ["x", "x.y"], table.probabilities[:, ::-1], labels=["x.y", "x", "x"]
        ),
        resamples=0,
    )
    assert backwards.estimate("per_class.x.y.recall").value == 1


def test_provenance_is_kept(table):
    assert evaluate(table, resamples=0).provenance == dict(table.provenance)
