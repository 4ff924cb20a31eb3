import json
from typing import Any

import numpy as np
import pandas as pd
import pytest
from scipy.stats import norm
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests

from hemoscope.evaluation import EvaluationError, compare, evaluate
from hemoscope.evaluation.comparison.holm import holm
from hemoscope.evaluation.comparison.mcnemar import mcnemar_test
from hemoscope.predictions import Predictions, PredictionsError
from tests.evaluation.simulate import predictions
from tests.evaluation.steady import known


def worse(table, noise=1.5, seed=9):
    """The same cells, seen by a model with noisier logits."""
    rng = np.random.default_rng(seed)
    return Predictions.from_logits(
        table.paths,
        table.classes,
        table.logits + noise * rng.normal(size=table.logits.shape),
        labels=table.labels,
        provenance={"dataset": "simulated"},
    )


@pytest.fixture(scope="module")
def tables():
    good = predictions(400, 4, seed=3)
    return {"good": good, "worse": worse(good), "worst": worse(good, 3.0)}


@pytest.fixture(scope="module")
def found(tables):
    return compare(tables, resamples=200, seeds={"noisy": ["worse", "worst"]})


@pytest.mark.parametrize(("a", "b"), [(0, 0), (3, 9), (12, 12), (24, 0), (20, 30), (30, 30)])
def test_mcnemar_is_statsmodels(a, b):
    ours = mcnemar_test(a, b)
    exact = a + b < 25
    assert ours.method == ("exact" if exact else "chi-squared")
    if a == b:
        assert ours.p == 1
        return
    theirs: Any = mcnemar([[50, a], [b, 5]], exact=exact, correction=True)
    assert ours.p == pytest.approx(theirs.pvalue, abs=1e-12)
    assert ours.statistic == pytest.approx(theirs.statistic, abs=1e-12)


def test_the_papers_eight_cells_are_no_significant_difference():
    # InceptionV3 and ResNet50 differ by 8 of 3,418; even if they shared every other mistake
    # but these, 8 against 0 is the most extreme table, and 30 against 22 already says nothing.
    assert mcnemar_test(30, 22).p > 0.3


def theirs(p_values: list[float]) -> list[float]:
    adjusted: Any = multipletests(p_values, method="holm")[1]
    return list(adjusted)


def test_holm_is_statsmodels():
    values = [0.04, 0.01, 0.03, 0.005, 0.5]
    assert holm(values) == pytest.approx(theirs(values))
    assert holm([0.02, None, 0.03]) == [pytest.approx(0.04), None, pytest.approx(0.04)]
    assert holm([]) == []


def test_pairs_and_tables(found, tables):
    assert [(p.first, p.second) for p in found.pairs] == [
        ("good", "worse"),
        ("good", "worst"),
        ("worse", "worst"),
    ]
    for name, table in tables.items():
        alone = evaluate(table, resamples=0)
        assert found.evaluations[name].accuracy == alone.accuracy
        assert found.table4[name].test_accuracy == alone.accuracy
        assert found.table4[name].final_loss == alone.calibration.nll
        assert found.table5[name].f1_percent == pytest.approx(100 * known(alone.macro.f1))
    assert found.table5["worse"].dataset == "simulated"
    assert found.table5["good"].dataset is None
    values = json.loads(json.dumps(found.to_dict(), allow_nan=False))
    assert values["table3"]["good"]["per_class"]["ig"]["support"] > 0
    assert set(values["table3"]["good"]) == {"per_class", "accuracy", "macro", "weighted"}


def test_discordant_cells_are_counted(found, tables):
    good, bad = (t.predicted == t.truth() for t in (tables["good"], tables["worse"]))
    test = found.pairs[0].mcnemar
    assert (test.only_first_right, test.only_second_right) == (
        (good & ~bad).sum(),
        (bad & ~good).sum(),
    )


def test_holm_covers_all_pairs_and_classes(found):
    raw = [pair.mcnemar.p for pair in found.pairs]
    assert [pair.mcnemar.p_holm for pair in found.pairs] == pytest.approx(theirs(raw))
    tests = [test for pair in found.pairs for test in pair.delong.values()]
    assert [t.p_holm for t in tests] == pytest.approx(theirs([known(t.p) for t in tests]))


def test_delong_agrees_with_mlstatkit_class_by_class(found, tables):
    delong_test = pytest.importorskip("MLstatkit").Delong_test
    pair = found.pairs[0]
    for c, name in enumerate(found.classes):
        own = (tables["good"].truth() == c).astype(int)
        scores = (tables[m].probabilities[:, c] for m in ("good", "worse"))
        z, p = delong_test(own, *scores)[:2]
        assert abs(pair.delong[name].z) == pytest.approx(abs(z), rel=1e-9)
        assert pair.delong[name].p == pytest.approx(p, rel=1e-9)
        interval = pair.delong[name].interval
        half = norm.ppf(0.975) * pair.delong[name].difference / pair.delong[name].z
        assert (interval.high - interval.low) / 2 == pytest.approx(abs(half))


def test_macro_delong_agrees_with_the_paired_bootstrap(found):
    for pair in found.pairs:
        closed, drawn = pair.delong_macro.interval, pair.differences["roc.macro.auc"].interval
        assert closed.high - closed.low == pytest.approx(drawn.high - drawn.low, rel=0.25)
        assert closed.low == pytest.approx(drawn.low, abs=0.3 * (closed.high - closed.low))


def test_a_class_of_one_cell_leaves_the_macro_auc_untested(tables):
    good, bad = tables["good"], tables["worse"]
    first, *others = np.flatnonzero(good.truth() == 3)
    rows = np.setdiff1d(np.arange(len(good)), others)
    pair = compare({"a": good.take(rows), "b": bad.take(rows)}, resamples=0).pairs[0]
    macro = pair.delong_macro
    assert pair.delong[good.classes[3]].difference is None
    assert macro.first is not None
    assert (macro.difference, macro.interval, macro.z, macro.p) == (None,) * 4
    assert macro.reason == "a class has fewer than two cells"
    # A class without cells has no AUC, so it is not part of the macro average.
    rows = np.setdiff1d(rows, [first])
    macro = compare({"a": good.take(rows), "b": bad.take(rows)}, resamples=0).pairs[0].delong_macro
    assert macro.p is not None


def test_differences_are_paired(found):
    difference = found.pairs[0].differences["accuracy"]
    assert difference.difference == pytest.approx(difference.first - difference.second)
    # Paired on the same cells it is sharper than two independent intervals would be.
    apart = [found.evaluations[m].intervals["accuracy"] for m in ("good", "worse")]
    unpaired = np.hypot(*(i.high - i.low for i in apart))
    assert difference.interval.high - difference.interval.low < unpaired
    assert difference.interval.method == "bootstrap-stratified"
    ece = found.pairs[0].differences["calibration.ece"]
    assert ece.interval.method == "bootstrap-stratified-basic"


def test_a_model_against_itself(tables):
    found = compare({"a": tables["good"], "b": tables["good"]}, resamples=50)
    (pair,) = found.pairs
    assert pair.mcnemar.p == pair.mcnemar.p_holm == 1
    assert pair.delong["ig"].p is None
    assert "variance is 0" in known(pair.delong["ig"].reason)
    assert pair.differences["accuracy"].difference == 0
    assert pair.differences["accuracy"].interval is None
    json.dumps(found.to_dict(), allow_nan=False)


def test_seeds_are_mean_and_sd(found):
    spread = found.seeds["noisy"]["accuracy"]
    values = [found.evaluations[n].accuracy for n in ("worse", "worst")]
    assert spread.values == tuple(values)  # noqa: PD011
    assert spread.mean == pytest.approx(np.mean(values))
    assert spread.sd == pytest.approx(np.std(values, ddof=1))
    assert "roc.macro.auc" in found.seeds["noisy"]


def test_rows_and_classes_in_another_order_are_aligned(tables):
    good, bad = tables["good"], tables["worse"]
    rows = np.random.default_rng(0).permutation(len(good))
    columns = [2, 0, 3, 1]
    moved = Predictions.from_logits(
        bad.paths[rows],
        [bad.classes[c] for c in columns],
        bad.logits[rows][:, columns],
        labels=bad.labels[rows],
    )
    straight, turned = (compare({"a": good, "b": t}, resamples=30) for t in (bad, moved))
    assert straight.pairs[0].mcnemar == turned.pairs[0].mcnemar
    assert straight.pairs[0].delong == turned.pairs[0].delong
    assert (
        straight.evaluations["b"].intervals["kappa"] == turned.evaluations["b"].intervals["kappa"]
    )


def test_training_times_come_from_the_histories(tables):
    history = pd.DataFrame(
        [[1, 1.0, 1.0, 0.5, 0.6, 1261.59]],
        columns=["epoch", "train_loss", "val_loss", "train_accuracy", "val_accuracy", "seconds"],
    )
    found = compare(tables, resamples=0, histories={"good": history})
    assert found.table4["good"].training_minutes == pytest.approx(21.03, abs=0.005)
    assert found.table4["worse"].training_seconds is None
    with pytest.raises(EvaluationError, match="a training history for best"):
        compare(tables, resamples=0, histories={"best": history})


def test_other_cells_are_refused_and_named(tables):
    fewer = tables["worse"].take(np.arange(398))
    message = r"good and b are about different cells: 2 only in good \(cell_000398.png, cell_000399"
    with pytest.raises(EvaluationError, match=message):
        compare({"good": tables["good"], "b": fewer})


def test_other_labels_are_refused_and_named(tables):
    bad = tables["worse"]
    labels = bad.labels.copy()
    labels[7] = "ig" if labels[7] != "ig" else "basophil"
    other = Predictions.from_logits(bad.paths, bad.classes, bad.logits, labels=labels)
    with pytest.raises(EvaluationError, match=r"give 1 cells? different labels \(cell_000007.png"):
        compare({"good": tables["good"], "b": other})


def test_other_classes_and_missing_labels_are_refused(tables):
    good = tables["good"]
    renamed = Predictions(
        good.paths,
        (*good.classes[:-1], "blast"),
        good.probabilities,
        labels=np.full(len(good), "blast", dtype=object),
    )
    with pytest.raises(EvaluationError, match="blast, lymphocyte stands in one of them only"):
        compare({"good": good, "b": renamed})
    bare = Predictions(good.paths, good.classes, good.probabilities)
    with pytest.raises(PredictionsError, match="no 'label' column"):
        compare({"good": good, "b": bare})
    with pytest.raises(EvaluationError, match="two at least"):
        compare({"good": good})


def test_unknown_seeds_are_refused(tables):
    with pytest.raises(EvaluationError, match="seeds of m: third is not among the tables"):
        compare(tables, resamples=0, seeds={"m": ["good", "third"]})


def test_groups_of_one_table_serve_all(tables):
    good = tables["good"]
    grouped = Predictions(
        good.paths,
        good.classes,
        good.probabilities,
        good.logits,
        good.labels,
        np.array([f"p{i % 20}" for i in range(len(good))], dtype=object),
    )
    found = compare({"a": tables["worse"], "b": grouped}, resamples=60)
    assert found.settings.grouped
    assert known(found.pairs[0].differences["kappa"].interval).method == "bootstrap-grouped"
    assert known(found.pairs[0].delong["ig"].interval).method == "delong-grouped"


def grouped(table, groups):
    return Predictions(
        table.paths, table.classes, table.probabilities, table.logits, table.labels,
        np.array(groups, dtype=object),
    )  # fmt: skip


def test_other_groups_are_refused_wherever_they_stand(tables):
    good = tables["good"]
    cells = len(good)
    one, other = (grouped(good, [f"p{i // k % 20}" for i in range(cells)]) for k in (1, 2))
    for order in ([good, one, other], [one, good, other], [one, other, good]):
        with pytest.raises(EvaluationError, match="different groups"):
            compare(dict(zip("abc", order, strict=True)), resamples=0)


def test_what_is_compared_does_not_depend_on_resamples(tables):
    pbc = ("basophil", "ig", "lymphocyte", "monocyte")
    named = {
        name: Predictions.from_logits(
            table.paths, pbc, table.logits, labels=[pbc[c] for c in table.truth()]
        )
        for name, table in tables.items()
    }
    seeds = {"noisy": ["worse", "worst"]}
    with_them, without = (compare(named, resamples=r, seeds=seeds) for r in (50, 0))
    assert set(with_them.seeds["noisy"]) == set(without.seeds["noisy"])
    one, other = (found.pairs[0].differences for found in (with_them, without))
    assert set(one) == set(other)
    assert {"macro.f1", "hierarchy.f1", "calibration.nll", "selective.aurc"} <= set(one)
    assert known(one["hierarchy.f1"].interval).method == "bootstrap-stratified"
    assert other["hierarchy.f1"].difference == one["hierarchy.f1"].difference
    assert other["hierarchy.f1"].reason == "no bootstrap resamples were asked for"
