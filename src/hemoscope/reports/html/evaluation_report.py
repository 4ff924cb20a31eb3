"""The evaluation report: everything about one model on one set of labelled cells."""

from collections.abc import Iterable
from pathlib import Path

import pandas as pd

from hemoscope.calibration.assessment import Assessment
from hemoscope.cells import CellTable
from hemoscope.evaluation.result import Evaluation
from hemoscope.predictions import Predictions
from hemoscope.reports.errors import ReportError
from hemoscope.reports.html import evaluation_tables as tables
from hemoscope.reports.html import meaning
from hemoscope.reports.html.elements import Finding, Section, Tile
from hemoscope.reports.html.hierarchy_section import hierarchy_sections
from hemoscope.reports.html.mistakes import SHOWN, mistake_pictures, mistakes_frame
from hemoscope.reports.html.page import check_formats, data_folder, write_page
from hemoscope.reports.html.provenance import provenance_table
from hemoscope.reports.html.trust_sections import trust_sections
from hemoscope.reports.numbers import fixed, fixed_range, percent, percent_range
from hemoscope.reports.plots.calibration import (
    ClassReliabilityFigure,
    ConfidenceFigure,
    ReliabilityFigure,
)
from hemoscope.reports.plots.confusion import ConfusionFigure
from hemoscope.reports.plots.history import HistoryFigure
from hemoscope.reports.plots.per_class import PerClassFigure
from hemoscope.reports.plots.precision_recall import PrecisionRecallFigure, PrevalenceFigure
from hemoscope.reports.plots.roc import RocFigure
from hemoscope.reports.plots.selection import RiskCoverageFigure, SeparationFigure


def write_evaluation_report(
    evaluation: Evaluation,
    predictions: Predictions,
    path: str | Path,
    *,
    images: CellTable | None = None,
    history: pd.DataFrame | None = None,
    figure_formats: Iterable[str] = (),
    assessment: Assessment | None = None,
) -> Path:
    """Writes the evaluation as one HTML file that opens offline.

    The numbers of every figure go into the folder `NAME_data` beside it, as CSV.

    Args:
        evaluation: What `evaluate(predictions)` returned.
        predictions: The table that was evaluated.
        path: The `.html` file to write; its folder is made if need be.
        images: Where the pictures of the cells are, matched by path. Without them, the worst
            mistakes are listed in words.
        history: The `history.csv` of the run, if there is one.
        figure_formats: "svg" and "png": also write every figure in these formats.
        assessment: What `assess` returned, if a calibration was applied: `evaluation` is then its
            `after`, and `predictions` the calibrated table.

    Returns:
        The path of the file.

    Raises:
        ReportError: The table is not the one that was evaluated, the history is no history, or
            the file cannot be written.
    """
    formats = check_formats(figure_formats)
    path = Path(path)
    _check_same(evaluation, predictions)
    pictures = mistake_pictures(evaluation, predictions, images)
    context = {
        "title": "Evaluation report",
        "headline": meaning.overall(evaluation),
        "model": str(evaluation.provenance.get("model", "")),
        "findings": _findings(evaluation),
        "tiles": _tiles(evaluation),
        "evaluation": evaluation,
        "pictures": pictures,
        "pictures_shown": SHOWN,
        "pictures_at_hand": any(picture.uri for picture in pictures),
        "images_given": images is not None,
        "undefined": tables.undefined_table(evaluation),
        "provenance": provenance_table(evaluation.provenance),
        "data_folder": data_folder(path).name,
    }
    return write_page(
        path,
        "evaluation.html.j2",
        context,
        report_sections(evaluation, history, assessment),
        tables={"mistakes": mistakes_frame(evaluation)},
        figure_formats=formats,
    )


def _check_same(evaluation: Evaluation, predictions: Predictions) -> None:
    if evaluation.cells != len(predictions) or evaluation.classes != predictions.classes:
        raise ReportError(
            f"the evaluation is of {evaluation.cells} cells and {len(evaluation.classes)} classes, "
            f"the predictions table has {len(predictions)} and {len(predictions.classes)}. "
            "Hand in the table that was evaluated."
        )
    mistakes = evaluation.confusion.mistakes
    moved = predictions.paths[mistakes.rows] != mistakes.paths
    if moved.any():
        row = int(mistakes.rows[moved][0])
        raise ReportError(
            f"row {row} of the predictions table is {predictions.paths[row]}, but another cell was "
            "evaluated there. Hand in the table that was evaluated, in its order."
        )


def _findings(evaluation: Evaluation) -> tuple[Finding, ...]:
    """The summary in words, short enough for a glance; what is empty is left out."""
    stated = percent(evaluation.calibration.confidence.mean)
    told = (
        ("Caution", meaning.few_cells(evaluation)),
        ("Against chance", meaning.against_chance(evaluation)),
        ("Hardest class", meaning.weakest_class(evaluation)),
        ("Most confused", meaning.most_confused(evaluation)),
        ("Confidence", f"States {stated}: {meaning.calibration_verdict(evaluation)}"),
        ("Left to a person", meaning.for_a_person(evaluation)),
    )
    return tuple(Finding(about, text) for about, text in told if text)


def _tiles(evaluation: Evaluation) -> tuple[Tile, ...]:
    accuracy = evaluation.estimate("accuracy")
    named = (
        ("macro.f1", "Macro F1", "all classes count alike"),
        ("roc.macro.auc", "Macro AUC", "0.5 is chance, 1 is perfect"),
        ("calibration.ece", "ECE", "0 is best"),
    )
    tiles = [
        Tile(
            "Accuracy",
            percent(accuracy.value),
            percent_range(accuracy.interval),
            "cells called right",
        )
    ]
    for path, name, hint in named:
        estimate = evaluation.estimate(path)
        tiles.append(Tile(name, fixed(estimate.value), fixed_range(estimate.interval), hint))
    return tuple(tiles)


def report_sections(
    evaluation: Evaluation, history: pd.DataFrame | None, assessment: Assessment | None = None
) -> tuple[Section, ...]:
    """All parts with figures and tables, in the order of the page."""
    parts = (
        *_classification(evaluation),
        *hierarchy_sections(evaluation),
        *_ranking(evaluation),
        *_trust(evaluation),
        *(() if assessment is None else trust_sections(assessment)),
    )
    if history is None:
        return parts
    training = Section(
        "training", "Training", meaning.dynamics(evaluation), (HistoryFigure(history),)
    )
    return (*parts, training)


def _classification(evaluation: Evaluation) -> tuple[Section, ...]:
    return (
        Section(
            "classes",
            "Figures by class",
            meaning.weakest_class(evaluation),
            (PerClassFigure(evaluation),),
            (
                tables.report_table(evaluation),
                tables.figures_table(evaluation, tables.OVERALL, "All classes together"),
            ),
        ),
        Section(
            "confusion",
            "Confusion",
            meaning.confusion(evaluation),
            (ConfusionFigure(evaluation.classes, evaluation.confusion),),
            (tables.pairs_table(evaluation),) if evaluation.confusion.pairs else (),
        ),
    )


def _ranking(evaluation: Evaluation) -> tuple[Section, ...]:
    return (
        Section(
            "roc",
            "Receiver operating characteristic",
            meaning.roc(evaluation),
            (RocFigure(evaluation.roc),),
            (tables.roc_table(evaluation),),
        ),
        Section(
            "precision-recall",
            "Precision and recall",
            meaning.precision_recall(evaluation),
            (PrecisionRecallFigure(evaluation.pr),),
            (tables.pr_table(evaluation),),
        ),
        Section(
            "prevalence",
            "Precision and prevalence",
            meaning.prevalence(),
            (PrevalenceFigure(evaluation.pr),),
        ),
        Section(
            "separation",
            "Separation of scores",
            meaning.separation(evaluation),
            (SeparationFigure(evaluation.separation),),
        ),
    )


def _trust(evaluation: Evaluation) -> tuple[Section, ...]:
    return (
        Section(
            "calibration",
            "Calibration",
            meaning.calibration(evaluation),
            (
                ReliabilityFigure(evaluation.calibration),
                ClassReliabilityFigure(evaluation.calibration),
            ),
            (
                tables.figures_table(evaluation, tables.CALIBRATION, "Calibration, all classes"),
                tables.class_calibration_table(evaluation),
                tables.brier_table(evaluation),
            ),
        ),
        Section(
            "confidence",
            "Confidence when right and when wrong",
            meaning.confidence(evaluation),
            (ConfidenceFigure(evaluation.calibration),),
        ),
        Section(
            "selective",
            "Leaving doubtful cells to a person",
            meaning.selective(evaluation),
            (RiskCoverageFigure(evaluation.selective),),
            (tables.coverage_table(evaluation),),
        ),
    )
