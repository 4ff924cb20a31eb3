"""The parts of the evaluation report that a calibration adds."""

from hemoscope.calibration.assessment import (
    AcceptanceFigures,
    Assessment,
    Change,
    CoverageFigures,
)
from hemoscope.evaluation.result import Estimate
from hemoscope.reports.html.elements import Section, Table
from hemoscope.reports.names import figure_name
from hemoscope.reports.numbers import (
    NOT_DEFINED,
    cells,
    count,
    interval_name,
    percent,
    percent_range,
    with_range,
)
from hemoscope.reports.plots.recalibration import RecalibrationFigure


def trust_sections(assessment: Assessment) -> tuple[Section, ...]:
    """Before and after; prediction sets; what needs no person. What was not fitted is left out."""
    sections = [_recalibration(assessment)]
    if assessment.conformal is not None:
        sections.append(_sets(assessment.conformal))
    if assessment.acceptance is not None:
        sections.append(_acceptance(assessment.acceptance))
    return tuple(sections)


def _recalibration(assessment: Assessment) -> Section:
    level = assessment.after.settings.level
    rows = tuple(
        (
            figure_name(path),
            with_range(change.before),
            with_range(change.after),
            _difference(change),
        )
        for path, change in assessment.changes.items()
    )
    header = ("Figure", "Before", "After", f"After - before ({interval_name(level)})")
    return Section(
        "recalibration",
        "Before and after calibration",
        _recalibration_meaning(assessment),
        (RecalibrationFigure(assessment.before.calibration, assessment.after.calibration),),
        (Table("Before and after calibration, on the same cells", header, rows),),
    )


def _recalibration_meaning(assessment: Assessment) -> str:
    change = assessment.changes["calibration.nll"]
    origin = (
        f"Calibrated by the method “{assessment.method}”, fitted on {cells(assessment.fitted_on)}"
        f"{assessment.circumstances}. All other parts of this report are about the calibrated "
        "probabilities."
    )
    if change.interval is None:
        return origin
    if change.interval.high < 0:
        return f"{origin} It made the probabilities better: the log-likelihood rose."
    if change.interval.low > 0:
        return f"{origin} It made the probabilities worse: the log-likelihood fell."
    return f"{origin} These cells do not show that it made the probabilities better or worse."


def _difference(change: Change) -> str:
    if change.difference is None:
        return NOT_DEFINED
    told = f"{change.difference:+.4f}" if change.difference else "0"
    interval = change.interval
    return told if interval is None else f"{told} ({interval.low:+.4f} to {interval.high:+.4f})"


def _sets(figures: CoverageFigures) -> Section:
    rows = [(name, *_coverage(estimate)) for name, estimate in figures.per_class.items()]
    rows.append(("all classes", *_coverage(figures.coverage)))
    level = figures.coverage.interval.level if figures.coverage.interval else 0.95
    sizes = tuple(
        (str(size), count(number), percent(number / figures.cells))
        for size, number in figures.sizes.items()
    )
    return Section(
        "prediction-sets",
        "Prediction sets",
        _sets_meaning(figures),
        (),
        (
            Table(
                "How often the set holds the true class",
                ("Class", "Coverage", interval_name(level)),
                tuple(rows),
                totals=1,
            ),
            Table("How many classes are in a set", ("Classes", "Cells", "Share"), sizes),
        ),
    )


def _sets_meaning(figures: CoverageFigures) -> str:
    within = " of every class" if figures.class_conditional else ""
    told = (
        f"The sets ({figures.score.upper()}) were fitted to hold the true class of at least "
        f"{percent(1 - figures.alpha, 1)} of the cells{within}; here they do so in "
        f"{percent(figures.coverage.value)}, with {figures.mean_size:.3f} classes on average."
    )
    if figures.expected is None:
        return told
    low, high = figures.expected
    top = " The top class is always added, which can only raise it." if figures.with_top else ""
    return (
        f"{told} For cells like those that were fitted on, theory gives {percent(low)} to "
        f"{percent(high)} in 95 % of such samples.{top}"
    )


def _coverage(estimate: Estimate) -> tuple[str, str]:
    return percent(estimate.value), percent_range(estimate.interval) or NOT_DEFINED


def _acceptance(figures: AcceptanceFigures) -> Section:
    rows = (
        ("Accepted without a person", f"{count(figures.accepted)} of {count(figures.cells)}",
         *_coverage(figures.coverage)),
        ("Wrong among them", f"{count(figures.errors)} of {count(figures.accepted)}",
         *_coverage(figures.error)),
    )  # fmt: skip
    level = figures.coverage.interval.level if figures.coverage.interval else 0.95
    header = ("Cells", "Number", "Share", interval_name(level))
    verdict = figures.verdict[0].upper() + figures.verdict[1:]
    return Section(
        "acceptance",
        "Cells that need no person",
        f"When it was fitted: {verdict}",
        (),
        (Table("Accepted cells, and their errors", header, rows),),
    )
