"""Two models against each other on the same cells."""

from collections.abc import Mapping
from dataclasses import dataclass, replace

import numpy as np
from scipy.stats import norm, t

from hemoscope.evaluation.arrays import Array
from hemoscope.evaluation.comparison.holm import holm
from hemoscope.evaluation.comparison.mcnemar import mcnemar_test
from hemoscope.evaluation.delong import auc_influence, delong_test
from hemoscope.evaluation.headline import BIASED
from hemoscope.evaluation.intervals.percentile import basic_limits, percentile_limits
from hemoscope.evaluation.ranking import rank
from hemoscope.evaluation.result import (
    DelongResult,
    Difference,
    Evaluation,
    Interval,
    McNemar,
    PairComparison,
)
from hemoscope.evaluation.scored import Scored

TOO_FEW = "a class has fewer than two cells"
NO_SPREAD = "both models rank the cells alike, or both perfectly: the variance is 0"


@dataclass(frozen=True, eq=False)
class Contender:
    """One model in a comparison.

    Attributes:
        name: Its name.
        scored: The cells, in the same order for every contender.
        evaluation: Its evaluation.
        influences: Class name to (n,) influence of each cell on the AUC; only classes with an AUC
            that has a variance.
        resampled: Path to (resamples,) figures, on the same resamples for every contender.
    """

    name: str
    scored: Scored
    evaluation: Evaluation
    influences: Mapping[str, Array]
    resampled: Mapping[str, Array]


def influences(scored: Scored) -> dict[str, Array]:
    """Class name to the influence of each cell on its AUC, where it has one with a variance."""
    values = {}
    for c, name in enumerate(scored.classes):
        own = scored.truth == c
        if min(own.sum(), len(own) - own.sum()) >= 2:
            values[name] = auc_influence(rank(own, scored.probabilities[:, c]))
    return values


def compare_pair(first: Contender, second: Contender) -> PairComparison:
    """All tests of one pair; `p_holm` is filled in by `correct`."""
    return PairComparison(
        first=first.name,
        second=second.name,
        mcnemar=_mcnemar(first.scored, second.scored),
        delong={name: _delong(name, first, second) for name in first.evaluation.classes},
        delong_macro=_delong(None, first, second),
        differences={path: _difference(path, first, second) for path in headline_paths(first)},
    )


def headline_paths(contender: Contender) -> list[str]:
    """Every figure that has an interval, or could have one on other cells."""
    own = contender.evaluation
    noted = (*own.intervals, *own.no_interval, *own.undefined, *contender.resampled)
    return [path for path in dict.fromkeys(noted) if path != "*" and _is_number(own, path)]


def correct(pairs: list[PairComparison]) -> tuple[PairComparison, ...]:
    """Fills in Holm's corrections: McNemar and macro AUC over pairs, classes over both."""
    tests = [pair.mcnemar for pair in pairs]
    mcnemar = holm([test.p for test in tests])
    macro = holm([pair.delong_macro.p for pair in pairs])
    places = [(i, name) for i, pair in enumerate(pairs) for name in pair.delong]
    each = dict(zip(places, holm([pairs[i].delong[n].p for i, n in places]), strict=True))
    return tuple(
        replace(
            pair,
            mcnemar=replace(tests[i], p_holm=mcnemar[i]),
            delong_macro=replace(pair.delong_macro, p_holm=macro[i]),
            delong={n: replace(test, p_holm=each[i, n]) for n, test in pair.delong.items()},
        )
        for i, pair in enumerate(pairs)
    )


def _is_number(evaluation: Evaluation, path: str) -> bool:
    value = evaluation.estimate(path).value
    return value is None or isinstance(value, (int, float))


def _mcnemar(first: Scored, second: Scored) -> McNemar:
    one = int((first.right & ~second.right).sum())
    other = int((second.right & ~first.right).sum())
    test = mcnemar_test(one, other)
    return McNemar(one, other, test.p, test.p, test.method, test.statistic)


def _delong(name: str | None, first: Contender, second: Contender) -> DelongResult:
    """The test for one class, or for the macro average (None)."""
    path = "roc.macro.auc" if name is None else f"roc.per_class.{name}.auc"
    one, other = (c.evaluation.estimate(path).value for c in (first, second))
    influence = [_influence(name, contender) for contender in (first, second)]
    if one is None or other is None or influence[0] is None or influence[1] is None:
        few = TOO_FEW if name is None else "there are too few cells of the class"
        reason = first.evaluation.undefined.get(path, few)
        return DelongResult(one, other, None, None, None, None, None, reason)
    groups = first.scored.groups
    test = delong_test(one - other, influence[0], influence[1], groups)
    if np.isnan(test.p):
        return DelongResult(one, other, one - other, None, None, None, None, NO_SPREAD)
    interval = _delong_interval(test.difference, test.variance, first)
    return DelongResult(one, other, test.difference, interval, test.z, test.p, None, None)


def _influence(name: str | None, contender: Contender) -> Array | None:
    """(n,) on the AUC of a class, or on the mean over every class that has one (None).

    A mean that left out a class without a variance would not be that of the macro AUC.
    """
    if name is not None:
        return contender.influences.get(name)
    areas = contender.evaluation.roc.per_class.items()
    known = [contender.influences.get(c) for c, figures in areas if figures.auc is not None]
    found = [influence for influence in known if influence is not None]
    return np.mean(found, axis=0) if found and len(found) == len(known) else None


def _delong_interval(difference: float, variance: float, contender: Contender) -> Interval:
    level, groups = contender.evaluation.settings.level, contender.scored.group_count
    tail = (1 + level) / 2
    quantile = norm.ppf(tail) if groups is None else t.ppf(tail, groups - 1)
    half = float(quantile * np.sqrt(variance))
    method = "delong" if groups is None else "delong-grouped"
    return Interval(difference - half, difference + half, method, level)


def _difference(path: str, first: Contender, second: Contender) -> Difference:
    one, other = (c.evaluation.estimate(path) for c in (first, second))
    if one.value is None or other.value is None:
        return Difference(one.value, other.value, None, None, one.reason or other.reason)
    difference = one.value - other.value
    drawn = [contender.resampled.get(path, ()) for contender in (first, second)]
    if not all(map(len, drawn)):
        reason = first.evaluation.no_interval.get("*", "the figure is not resampled")
        return Difference(one.value, other.value, difference, None, reason)
    limits = _limits(path, difference, first.resampled[path] - second.resampled[path], first)
    if isinstance(limits, str):
        return Difference(one.value, other.value, difference, None, limits)
    return Difference(one.value, other.value, difference, limits, None)


def _limits(path: str, difference: float, values: Array, contender: Contender) -> Interval | str:
    settings = contender.evaluation.settings
    biased = path in BIASED
    limits = (
        basic_limits(difference, values, settings.level)
        if biased
        else percentile_limits(values, settings.level)
    )
    if isinstance(limits, str):
        return limits
    kind = "grouped" if settings.grouped else "stratified"
    method = f"bootstrap-{kind}{'-basic' if biased else ''}"
    return Interval(*limits, method, settings.level, settings.resamples, settings.seed)
