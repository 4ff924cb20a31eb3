"""Section: calibration, of the confidence and of each class's probability."""

import numpy as np

from hemoscope.evaluation import calibration_error
from hemoscope.evaluation.arrays import Array
from hemoscope.evaluation.bins import Bins, binned, equal_mass_edges, equal_width_edges
from hemoscope.evaluation.brier import brier_score, brier_sum, murphy
from hemoscope.evaluation.intervals.binned_error import (
    DRAWS,
    binned_error_interval,
    noise_correlation,
)
from hemoscope.evaluation.notes import Notes
from hemoscope.evaluation.reliability import reliability_diagram
from hemoscope.evaluation.result import Brier, Calibration, ClassCalibration
from hemoscope.evaluation.scored import Scored
from hemoscope.evaluation.sharpness import confidence_histogram, mean_confidence, sharpness

METHOD = "test-inversion"
TOO_FEW = "there are too few cells or groups for an interval"
MCE_REASON = "a largest gap over bins is biased upward and has no regular distribution"


def calibration_section(scored: Scored, notes: Notes) -> Calibration:
    """All calibration figures, with the intervals of the calibration errors noted."""
    bins = notes.settings.bins
    level = notes.settings.level
    width = equal_width_edges(bins)
    sure = binned(scored.confidence, scored.right, width)
    mass = binned(scored.confidence, scored.right, equal_mass_edges(scored.confidence, bins))
    blocks = tuple(_class_bins(scored, c, width) for c in range(len(scored.classes)))
    per_class = {
        name: _class_calibration(scored, c, blocks[c], notes)
        for c, name in enumerate(scored.classes)
    }
    mce, worst = calibration_error.maximum_calibration_error(sure)
    notes.no_interval["calibration.mce"] = MCE_REASON
    parts = [figures.brier for figures in per_class.values()]
    right = scored.right[:, None].astype(np.float64)
    debiased = _error_interval("calibration.ece", (sure,), right, scored, notes)
    notes.number("calibration.ece_debiased", debiased, TOO_FEW)
    _error_interval("calibration.adaptive_ece", (mass,), right, scored, notes)
    own = (scored.truth[:, None] == np.arange(len(scored.classes))).astype(np.float64)
    _error_interval("calibration.classwise_ece", blocks, own, scored, notes)
    confidence = mean_confidence(scored.confidence, scored.right)
    _confidence_reasons(confidence.right is None, confidence.wrong is None, notes)
    infinite = "a cell's true class was given probability 0, so the loss is infinite"
    return Calibration(
        bins=bins,
        ece=calibration_error.expected_calibration_error(sure),
        ece_debiased=debiased,
        mce=mce,
        mce_bin=(float(width[worst]), float(width[worst + 1])),
        mce_count=int(sure.count[worst]),
        adaptive_ece=calibration_error.expected_calibration_error(mass),
        classwise_ece=float(np.mean([figures.ece for figures in per_class.values()])),
        brier=Brier(brier_sum(parts), brier_sum(parts, 1 / len(parts))),
        nll=notes.number("calibration.nll", scored.loss.mean(), infinite),
        sharpness=sharpness(scored.probabilities),
        confidence=confidence,
        per_class=per_class,
        diagram=reliability_diagram(sure, level),
        adaptive_diagram=reliability_diagram(mass, level),
        histogram=confidence_histogram(scored.confidence, scored.right),
    )


def _class_bins(scored: Scored, c: int, edges: Array) -> Bins:
    return binned(scored.probabilities[:, c], scored.truth == c, edges)


def _class_calibration(scored: Scored, c: int, bins: Bins, notes: Notes) -> ClassCalibration:
    stated, own = scored.probabilities[:, c], scored.truth == c
    path = f"calibration.per_class.{scored.classes[c]}"
    _error_interval(f"{path}.ece", (bins,), own[:, None].astype(np.float64), scored, notes)
    mass = binned(stated, own, equal_mass_edges(stated, notes.settings.bins))
    return ClassCalibration(
        ece=calibration_error.expected_calibration_error(bins),
        adaptive_ece=calibration_error.expected_calibration_error(mass),
        mce=calibration_error.maximum_calibration_error(bins)[0],
        brier=murphy(brier_score(stated, own), bins),
        ici=calibration_error.integrated_calibration_index(stated, own),
        kl=notes.number(
            f"{path}.kl",
            calibration_error.calibration_divergence(bins),
            "a bin states 0 or 1 for what was observed otherwise, so the divergence is infinite",
        ),
        diagram=reliability_diagram(bins, notes.settings.level),
    )


def _error_interval(
    path: str, blocks: tuple[Bins, ...], outcomes: Array, scored: Scored, notes: Notes
) -> float | None:
    """Notes the interval of a binned error; returns the median-unbiased estimate."""
    if scored.group_count == 1:
        notes.no_interval[path] = TOO_FEW
        return None
    grouped = scored.groups is not None
    shared = grouped or len(blocks) > 1
    found = binned_error_interval(
        blocks,
        noise_correlation(blocks, outcomes, scored.groups) if shared else None,
        level=notes.settings.level,
        seed=notes.settings.seed,
    )
    name = f"{METHOD}-grouped" if grouped else METHOD
    notes.interval(path, (found.low, found.high), name, drawn=DRAWS)
    return found.median


def _confidence_reasons(none_right: bool, none_wrong: bool, notes: Notes) -> None:
    prefix = "calibration.confidence"
    if none_right:
        notes.undefined[f"{prefix}.right"] = "no cell was called right"
    if none_wrong:
        notes.undefined[f"{prefix}.wrong"] = "no cell was called wrong"
    if none_right or none_wrong:
        notes.undefined[f"{prefix}.gap"] = "there are not both cells called right and wrong"
