"""Two runs on the same test cells, seed by seed, with paired tests."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np

from hemoscope.errors import HemoscopeError
from hemoscope.evaluation.comparison.align import align
from hemoscope.evaluation.comparison.holm import holm
from study.markdown import NOTHING, number, p_value, table
from study.page.ranked import Pair, Ranked, pair_of
from study.page.runs import StudyError, StudyRuns

LEVEL = 0.05


@dataclass(frozen=True)
class Planned:
    """A planned pair: does `first` do better than `second`?"""

    first: str
    second: str


@dataclass(frozen=True, eq=False)
class Tested:
    """A planned pair over the seeds that both runs have.

    Attributes:
        plan: The pair.
        seeds: Seeds that both have.
        accuracy: first - second on each seed, in [-1, 1].
        mcnemar: p of each seed, Holm's correction over all planned tests.
        auc: Difference of the macro AUC on each seed; None where it has none.
        delong: p of each seed, corrected likewise; None where the test cannot be made.
    """

    plan: Planned
    seeds: tuple[int, ...]
    accuracy: tuple[float, ...]
    mcnemar: tuple[float, ...]
    auc: tuple[float | None, ...]
    delong: tuple[float | None, ...]

    @property
    def verdict(self) -> str:
        """What may be said at 5 %: only what every seed says."""
        if max(self.mcnemar) > LEVEL:
            return "no difference shown"
        if min(self.accuracy) > 0:
            return "better"
        return "worse" if max(self.accuracy) < 0 else "seeds contradict each other"


def compare_pairs(study: StudyRuns, planned: Sequence[Planned]) -> list[Tested]:
    """McNemar's and DeLong's tests of every planned pair that is there, corrected by Holm.

    The tests of one pair on several seeds are on the same cells, so that they are no independent
    repetitions; they are not pooled.

    Raises:
        StudyError: Two runs are about different cells.
    """
    there = [(plan, seed) for plan in planned for seed in _common(study, plan)]
    by_seed = {
        seed: _compared(study, [plan for plan, own in there if own == seed], seed)
        for seed in dict.fromkeys(seed for _, seed in there)
    }
    pairs = [by_seed[seed][plan] for plan, seed in there]
    tests = zip(
        there,
        pairs,
        holm([pair.mcnemar for pair in pairs]),
        holm([pair.delong for pair in pairs]),
        strict=True,
    )
    found: dict[Planned, list[_Seed]] = {}
    for (plan, seed), pair, mcnemar, delong in tests:
        found.setdefault(plan, []).append(_Seed(seed, pair, mcnemar, delong))
    return [_tested(plan, seeds) for plan, seeds in found.items()]


class _Seed(NamedTuple):
    """A planned pair on one seed, with corrected p-values."""

    seed: int
    pair: Pair
    mcnemar: float | None
    delong: float | None


def _tested(plan: Planned, seeds: Sequence[_Seed]) -> Tested:
    mcnemar = [each.mcnemar for each in seeds if each.mcnemar is not None]
    if len(mcnemar) < len(seeds):
        raise StudyError(f"McNemar's test of {plan.first} and {plan.second} could not be made.")
    return Tested(
        plan=plan,
        seeds=tuple(each.seed for each in seeds),
        accuracy=tuple(each.pair.accuracy for each in seeds),
        mcnemar=tuple(mcnemar),
        auc=tuple(each.pair.auc for each in seeds),
        delong=tuple(each.delong for each in seeds),
    )


def pairs_table(tested: Sequence[Tested]) -> str:
    """A row a pair."""
    rows = [
        (
            f"`{t.plan.first}` − `{t.plan.second}`",
            ", ".join(map(str, t.seeds)),
            points(t.accuracy),
            ", ".join(map(p_value, t.mcnemar)),
            points(t.auc, "{:+.3f}"),
            ", ".join(map(p_value, t.delong)),
            t.verdict,
        )
        for t in tested
    ]
    head = (
        *("pair", "seeds", "accuracy, points", "McNemar's p"),
        *("macro AUC, points", "DeLong's p", "accuracy, at 5 %"),
    )
    return table(head, rows, align="llrlrll")


def points(values: Sequence[float | None], form: str = "{:+.2f}") -> str:
    """Differences in points: the mean, and each seed where there are several."""
    if None in values:
        return NOTHING
    each = [100 * value for value in values if value is not None]
    mean = number(float(np.mean(each)), form)
    if len(each) == 1:
        return mean
    return f"{mean} ({', '.join(number(value, form) for value in each)})"


def _common(study: StudyRuns, planned: Planned) -> list[int]:
    first, second = ({r.seed for r in study.of(n)} for n in (planned.first, planned.second))
    return sorted(first & second)


def _compared(study: StudyRuns, planned: Sequence[Planned], seed: int) -> Mapping[Planned, Pair]:
    """The planned pairs of one seed; every run is ranked once."""
    names = dict.fromkeys(name for p in planned for name in (p.first, p.second))
    tables = {n: next(r.test for r in study.of(n) if r.seed == seed) for n in names}
    try:
        ranked = {name: Ranked.of(table) for name, table in align(tables).items()}
    except HemoscopeError as error:
        raise StudyError(f"the runs of seed {seed} cannot be compared: {error}") from error
    return {p: pair_of(ranked[p.first], ranked[p.second]) for p in planned}
