"""Planned pairs, against McNemar and Holm of statsmodels."""

import numpy as np
import pytest
from statsmodels.stats.contingency_tables import mcnemar
from statsmodels.stats.multitest import multipletests
from study.page.ablations import ablation_table
from study.page.paired import Planned, compare_pairs, pairs_table
from study.page.runs import StudyError
from study.page.variants import variants_tests
from study.plan import Plan

from hemoscope.evaluation import compare
from hemoscope.evaluation.comparison.holm import holm

GOOD, BAD = "inception_v3-text", "inception_v3-backbone"


@pytest.fixture
def study(make, read):
    """Two seeds of a good and of a bad model, whose mistakes are not the same cells."""
    for seed in (1, 2):
        make(GOOD, seed, skill=5.0)
        drawn = make(BAD, seed + 10, skill=2.5)
        drawn.rename(drawn.with_name(f"seed-{seed}"))
    return read()


def test_the_tests_are_those_of_statsmodels_and_only_planned_ones_count(study):
    planned = [Planned(GOOD, BAD), Planned(GOOD, "customcnn-text")]
    (found,) = compare_pairs(study, planned)
    ps, gains = [], []
    for first, second in zip(study.of(GOOD), study.of(BAD), strict=True):
        one, other = ((t.predicted == t.truth()) for t in (first.test, second.test))
        table = [[0, (one & ~other).sum()], [(other & ~one).sum(), 0]]
        few = table[0][1] + table[1][0] < 25
        ps.append(mcnemar(table, exact=few, correction=True).pvalue)
        gains.append(one.mean() - other.mean())
    assert found.seeds == (1, 2)
    assert found.accuracy == pytest.approx(gains)
    assert found.mcnemar == pytest.approx(multipletests(ps, method="holm")[1])
    assert found.verdict == "better"


def test_they_are_those_of_hemoscope_compare(study):
    (found,) = compare_pairs(study, [Planned(GOOD, BAD)])
    pairs = [
        compare({"good": good.test, "bad": bad.test}, resamples=0).pairs[0]
        for good, bad in zip(study.of(GOOD), study.of(BAD), strict=True)
    ]
    assert found.auc == pytest.approx([pair.delong_macro.difference for pair in pairs])
    assert found.delong == pytest.approx(holm([pair.delong_macro.p for pair in pairs]))
    assert found.mcnemar == pytest.approx(holm([pair.mcnemar.p for pair in pairs]))


def test_the_other_way_round_everything_changes_sign(study):
    (forth,) = compare_pairs(study, [Planned(GOOD, BAD)])
    (back,) = compare_pairs(study, [Planned(BAD, GOOD)])
    assert back.accuracy == pytest.approx([-gain for gain in forth.accuracy])
    assert back.auc == pytest.approx([-(gain or 0) for gain in forth.auc])
    assert back.delong == pytest.approx(forth.delong)
    assert back.verdict == "worse"


def test_a_run_against_its_like_shows_no_difference(make, read):
    make(GOOD, 1)
    make(BAD, 1)
    (found,) = compare_pairs(read(), [Planned(GOOD, BAD)])
    assert found.accuracy == (0.0,)
    assert found.verdict == "no difference shown"


def test_runs_on_other_cells_are_refused(make, read):
    make(GOOD, 1)
    make(BAD, 1, cells=80)
    with pytest.raises(StudyError, match=r"seed 1 cannot be compared: .* about different cells"):
        compare_pairs(read(), [Planned(GOOD, BAD)])


def test_without_a_seed_in_common_nothing_is_said(make, read):
    make(GOOD, 1)
    make(BAD, 2)
    assert compare_pairs(read(), [Planned(GOOD, BAD)]) == []
    assert "nothing can be compared" in variants_tests(read())


def test_the_answer_is_said_in_words(study):
    text = variants_tests(study)
    assert text.endswith("The transformer (`text`) beside its own backbone: inception_v3: better.")
    assert f"`{GOOD}` − `{BAD}`" in pairs_table(compare_pairs(study, [Planned(GOOD, BAD)]))


def test_ablations_stand_against_the_hybrid_as_it_is(make, read):
    make(GOOD, 1, skill=5.0)
    make("rate-1e-2", 1, skill=1.0)
    make("blocks-0", 3, skill=5.0)
    plan = Plan.read()
    section = next(each for each in plan.sections if each.name == "ablations")
    lines = ablation_table(read(), section).splitlines()[2:]
    assert [line.split("|")[1].strip() for line in lines] == [
        f"`{GOOD}`", "`blocks-0`", "`rate-1e-2`"
    ]  # fmt: skip
    assert "(nothing)" in lines[0]
    assert "no seed in common with the base" in lines[1]
    assert "`optimiser.backbone` = 0.01" in lines[2]
    assert lines[2].endswith("| worse |")
    assert np.all([line.count("|") == lines[0].count("|") for line in lines])
