"""Result folders: whole ones are read, others are named."""

import numpy as np
import pytest
from study.page.runs import StudyError
from study.page.spread import Spread


def test_nothing_is_no_runs(read):
    assert read().runs == {}


def test_seeds_stand_in_order_and_figures_are_those_of_the_json(make, read):
    for seed in (10, 2):
        make("inception_v3-text", seed)
    runs = read().of("inception_v3-text")
    assert [run.seed for run in runs] == [2, 10]
    assert runs[0].figure("roc.macro.auc") == runs[0].figures["roc"]["macro"]["auc"]
    assert runs[0].minutes == 3
    assert runs[0].hardware == "2 threads of a processor"
    assert read().of("nothing") == ()


def test_a_result_that_is_not_whole_is_named(make, read):
    folder = make("inception_v3-text")
    (folder / "test.json").unlink()
    with pytest.raises(StudyError, match=r"seed-1 has no test.json, so it is no whole result"):
        read()


def test_a_malformed_json_is_named(make, read):
    (make("inception_v3-text") / "test.json").write_text("{", encoding="utf-8")
    with pytest.raises(StudyError, match=r"test.json is no JSON"):
        _ = read().of("inception_v3-text")[0].figures


def test_a_reduced_study_says_what_it_has_less_of(make, read):
    folder = make("inception_v3-text", study="study-reduced")
    with pytest.raises(StudyError, match="nobody can say what it has less of"):
        read("study-reduced")
    file = folder.parents[1] / "reduced.json"
    file.write_text('{"epochs": 2, "seeds": 1, "train_per_class": 9}', encoding="utf-8")
    assert read("study-reduced").words == (
        "reduced study: 2 epochs, 1 seed, at most 9 training cells of a class"
    )
    file.write_text('{"epochs": 0, "seeds": 1}', encoding="utf-8")
    with pytest.raises(StudyError, match="does not say"):
        read("study-reduced")


def test_spread_over_seeds_and_interval_of_one(make, read):
    for seed in (1, 2, 3):
        make("inception_v3-text", seed, skill=2.0 + 0.5 * seed)
    runs = read().of("inception_v3-text")
    values = [run.figures["accuracy"] for run in runs]
    found = Spread.of(runs, "accuracy")
    assert found.mean == pytest.approx(np.mean(values))
    assert found.sd == pytest.approx(np.std(values, ddof=1))
    assert found.show() == f"{np.mean(values):.4f} ± {np.std(values, ddof=1):.4f}"
    one = Spread.of(runs[:1], "accuracy")
    low, high = runs[0].interval("accuracy") or (0, 0)
    assert one.show() == f"{values[0]:.4f} ({low:.4f} to {high:.4f})"
    assert Spread(()).show() == "–"
