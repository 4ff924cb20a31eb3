"""Sections: separation of scores, and selective classification."""

import numpy as np

from hemoscope.evaluation import selective
from hemoscope.evaluation.arrays import Array, Flags
from hemoscope.evaluation.headline import ERRORS
from hemoscope.evaluation.notes import Notes
from hemoscope.evaluation.ranking import rank
from hemoscope.evaluation.result import ClassSeparation, Selective, Separation
from hemoscope.evaluation.scored import Scored
from hemoscope.evaluation.separation import jensen_shannon, score_histogram


def separation_section(scored: Scored, notes: Notes) -> Separation:
    """Jensen-Shannon divergence of each class's scores, and the mean."""
    per_class = {
        name: _class_separation(name, scored.probabilities[:, c], scored.truth == c, notes)
        for c, name in enumerate(scored.classes)
    }
    known = [f.jensen_shannon for f in per_class.values() if f.jensen_shannon is not None]
    mean = np.mean(known) if known else None
    return Separation(per_class, notes.number("separation.mean", mean, "no class has a divergence"))


def selective_section(scored: Scored) -> Selective:
    """Risk against coverage, the surest cells first."""
    ranking = rank(~scored.right, scored.confidence)
    wrong, right = ranking.counts()
    kept = wrong + right
    area = float(selective.aurc(wrong, kept))
    return Selective(
        aurc=area,
        excess_aurc=area - selective.optimal_aurc(float(wrong[-1] / kept[-1])),
        coverage_at_error={
            str(error): float(selective.coverage_at_error(wrong, kept, error)) for error in ERRORS
        },
        curve=selective.risk_coverage_curve(wrong, kept, ranking.thresholds),
    )


def _class_separation(name: str, scores: Array, own: Flags, notes: Notes) -> ClassSeparation:
    histogram = score_histogram(scores, own)
    value = jensen_shannon(histogram.positive, histogram.negative)
    reason = "every cell is of this class" if own.any() else "no cell is of this class"
    return ClassSeparation(
        notes.number(f"separation.per_class.{name}.jensen_shannon", value, reason), histogram
    )
