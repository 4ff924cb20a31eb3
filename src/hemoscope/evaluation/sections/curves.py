"""Sections: ROC and precision-recall, per class, micro and macro."""

from collections.abc import Iterable, Mapping, Sequence

import numpy as np

from hemoscope.evaluation import delong, precision_recall, roc
from hemoscope.evaluation.arrays import Array
from hemoscope.evaluation.headline import RATES
from hemoscope.evaluation.intervals.auc import logit_limits, newcombe_limits
from hemoscope.evaluation.notes import Notes
from hemoscope.evaluation.ranking import Ranking, rank, rank_pooled
from hemoscope.evaluation.result import (
    OperatingPoint,
    PrCurve,
    PrecisionRecall,
    PrFigures,
    Roc,
    RocCurve,
    RocFigures,
)
from hemoscope.evaluation.scored import Scored

FPR_GRID = np.unique(np.concatenate([[0.0], np.geomspace(1e-4, 1, 100), np.linspace(0, 1, 101)]))
NO_CELLS = "no cell is of this class"
ONLY_CELLS = "every cell is of this class"
NO_CLASS = "no class has both cells of its own and cells of others"


def curve_sections(scored: Scored, notes: Notes) -> tuple[Roc, PrecisionRecall]:
    """Both sections from one ranking a class, with DeLong's intervals noted."""
    rocs, prs, influences = {}, {}, []
    for c, name in enumerate(scored.classes):
        own = scored.truth == c
        if not 0 < own.sum() < len(own):
            reason = ONLY_CELLS if own.any() else NO_CELLS
            rocs[name] = _no_roc(f"roc.per_class.{name}", reason, notes)
            prs[name] = _no_pr(f"pr.per_class.{name}", reason, notes)
            continue
        ranking = rank(own, scored.probabilities[:, c])
        influence = delong.auc_influence(ranking)
        rocs[name], prs[name] = _figures(f"per_class.{name}", ranking, notes)
        _auc_interval(f"roc.per_class.{name}.auc", rocs[name].auc, influence, scored, notes, own)
        influences.append(influence)
    micro = _micro(scored, notes)
    known = [figures for figures in rocs.values() if figures.auc is not None]
    macro = _macro_roc(known, notes)
    if influences:
        mean = np.mean(influences, axis=0)
        _auc_interval("roc.macro.auc", macro.auc, mean, scored, notes)
    spread = np.std([f.auc for f in known if f.auc is not None], ddof=1) if len(known) > 1 else None
    sd = notes.number("roc.auc_sd", spread, "fewer than two classes have an AUC")
    pr_macro = _macro_pr([f for f in prs.values() if f.average_precision is not None], notes)
    return Roc(rocs, micro[0], macro, sd), PrecisionRecall(prs, micro[1], pr_macro)


def _micro(scored: Scored, notes: Notes) -> tuple[RocFigures, PrFigures]:
    ranking = rank_pooled(scored.truth, scored.probabilities)
    figures = _figures("micro", ranking, notes)
    influence = delong.auc_influence(ranking)
    _auc_interval("roc.micro.auc", figures[0].auc, influence, scored, notes)
    return figures


def _figures(place: str, ranking: Ranking, notes: Notes) -> tuple[RocFigures, PrFigures]:
    true, false = ranking.counts()
    return roc_figures(true, false, ranking.thresholds), pr_figures(
        true, false, ranking.thresholds, prevalence=place != "micro"
    )


def roc_figures(true: Array, false: Array, thresholds: Array) -> RocFigures:
    """All ROC figures of one ranking with positives and negatives."""
    return RocFigures(
        auc=float(roc.roc_auc(true, false)),
        partial_auc=float(roc.partial_auc(true, false)),
        sensitivity_at_fpr={str(r): float(roc.sensitivity_at_fpr(true, false, r)) for r in RATES},
        curve=roc.roc_curve(true, false, thresholds),
    )


def pr_figures(true: Array, false: Array, thresholds: Array, *, prevalence: bool) -> PrFigures:
    """All precision-recall figures of one ranking with positives."""
    at = precision_recall.precision_at_recall(true, false)
    return PrFigures(
        average_precision=float(precision_recall.average_precision(true, false)),
        precision_at_recall={str(precision_recall.HIGH_RECALL): float(at)},
        f1_optimal=precision_recall.f1_optimal(true, false, thresholds),
        break_even=precision_recall.break_even(true, false, thresholds),
        f1_plateau=precision_recall.f1_plateau(true, false, thresholds),
        interpolation_error=precision_recall.interpolation_error(true, false),
        prevalence=precision_recall.prevalence_curve(true, false) if prevalence else None,
        curve=precision_recall.pr_curve(true, false, thresholds),
    )


def _macro_roc(known: Sequence[RocFigures], notes: Notes) -> RocFigures:
    if not known:
        return _no_roc("roc.macro", NO_CLASS, notes)
    curves = [figures.curve for figures in known if figures.curve is not None]
    tpr = np.mean([np.interp(FPR_GRID, c.fpr, c.tpr) for c in curves], axis=0)
    return RocFigures(
        auc=_mean(f.auc for f in known),
        partial_auc=_mean(f.partial_auc for f in known),
        sensitivity_at_fpr={
            str(r): _mean(f.sensitivity_at_fpr[str(r)] for f in known) for r in RATES
        },
        curve=RocCurve(FPR_GRID.copy(), tpr, None),
    )


def _macro_pr(known: Sequence[PrFigures], notes: Notes) -> PrFigures:
    if not known:
        return _no_pr("pr.macro", NO_CLASS, notes)
    grid = np.linspace(0, 1, 201)
    curves = [figures.curve for figures in known if figures.curve is not None]
    precision = np.mean([np.interp(grid, c.recall, c.precision) for c in curves], axis=0)
    key = str(precision_recall.HIGH_RECALL)
    return PrFigures(
        average_precision=_mean(f.average_precision for f in known),
        precision_at_recall={key: _mean(f.precision_at_recall[key] for f in known)},
        f1_optimal=_mean_point([f.f1_optimal for f in known]),
        break_even=_mean_point([f.break_even for f in known]),
        f1_plateau=None,
        interpolation_error=_mean(f.interpolation_error for f in known),
        prevalence=None,
        curve=PrCurve(grid, precision, None),
    )


def _mean(values: Iterable[float | None]) -> float | None:
    known = [value for value in values if value is not None]
    return float(np.mean(known)) if known else None


def _mean_point(points: Sequence[OperatingPoint | None]) -> OperatingPoint | None:
    known = [p for p in points if p is not None]
    rows = np.array([(p.threshold, p.precision, p.recall, p.f1) for p in known])
    return OperatingPoint(*(float(v) for v in rows.mean(0))) if known else None


def _no_roc(path: str, reason: str, notes: Notes) -> RocFigures:
    none: Mapping[str, None] = {str(rate): None for rate in RATES}
    for name in ("auc", "partial_auc", *(f"sensitivity_at_fpr.{key}" for key in none)):
        notes.undefined[f"{path}.{name}"] = reason
    return RocFigures(None, None, none, None)


def _no_pr(path: str, reason: str, notes: Notes) -> PrFigures:
    key = str(precision_recall.HIGH_RECALL)
    missing = ("average_precision", f"precision_at_recall.{key}", "f1_optimal", "break_even")
    for name in (*missing, "f1_plateau", "interpolation_error"):
        notes.undefined[f"{path}.{name}"] = reason
    return PrFigures(None, {key: None}, None, None, None, None, None, None)


def _auc_interval(
    path: str,
    auc: float | None,
    influence: Array,
    scored: Scored,
    notes: Notes,
    own: Array | None = None,
) -> None:
    """Notes DeLong's interval, or Newcombe's at a perfect separation of one class."""
    if auc is None:
        return
    level = notes.settings.level
    variance = delong.influence_variance(influence, scored.groups)
    if np.isnan(variance):
        notes.no_interval[path] = (
            "DeLong's variance needs two cells of the class, two others, and two groups"
        )
    elif 0 < auc < 1 and variance > 1e-20:
        name = "delong-logit" if scored.groups is None else "delong-logit-grouped"
        freedom = delong.influence_freedom(influence, scored.groups)
        notes.interval(path, logit_limits(auc, variance, level, freedom), name)
    elif 0 < auc < 1:
        notes.no_interval[path] = "no score tells one cell from another, so DeLong's variance is 0"
    elif own is not None and scored.groups is None:
        positives = int(own.sum())
        limits = newcombe_limits(auc, positives, len(own) - positives, level)
        notes.interval(path, limits, "newcombe")
    else:
        notes.no_interval[path] = "the separation is perfect, so DeLong's variance is 0"
