"""What the numbers come to, in plain sentences that are computed from them.

A sentence claims no more than the interval beside the figure allows.
"""

from hemoscope.evaluation.result import Evaluation
from hemoscope.reports.numbers import (
    cells,
    count,
    fixed,
    interval_name,
    percent,
    percent_range,
)

FEW_CELLS = 100
FEW_IN_A_CLASS = 30


def overall(evaluation: Evaluation) -> str:
    """How many cells were called right."""
    right = round(evaluation.accuracy * evaluation.cells)
    return f"{count(right)} of {cells(evaluation.cells)} were called right"


def against_chance(evaluation: Evaluation) -> str:
    """Whether the model beats always naming the commonest class."""
    supports = {name: report.support for name, report in evaluation.per_class.items()}
    commonest = max(supports, key=lambda name: supports[name])
    share = supports[commonest] / evaluation.cells
    interval = evaluation.estimate("accuracy").interval
    low = evaluation.accuracy if interval is None else interval.low
    high = evaluation.accuracy if interval is None else interval.high
    always = f"always answering “{commonest}”, which is right in {percent(share, 1)}"
    if low > share:
        return f"Better than {always}."
    if high < share:
        return f"Worse than {always}."
    return f"These cells do not show it to be better than {always}."


def few_cells(evaluation: Evaluation) -> str:
    """A warning where there is little to go by; else nothing."""
    scarce = [n for n, r in evaluation.per_class.items() if r.support < FEW_IN_A_CLASS]
    if evaluation.cells < FEW_CELLS:
        return (
            f"There are only {cells(evaluation.cells)}: every figure here is rough. Look at the "
            "intervals, not at the figures."
        )
    if scarce:
        return f"Fewer than {FEW_IN_A_CLASS} cells: {', '.join(scarce)}. Their figures are rough."
    return ""


def weakest_class(evaluation: Evaluation) -> str:
    """The class that is found least often."""
    recalls = {n: r.recall for n, r in evaluation.per_class.items() if r.recall is not None}
    if not recalls:
        return "No class has a recall."
    name, recall = min(recalls.items(), key=lambda item: item[1])
    if recall == 1.0:
        return "Every cell of every class was found."
    told = percent_range(evaluation.estimate(f"per_class.{name}.recall").interval)
    interval = f" ({interval_name(evaluation.settings.level)} {told})" if told else ""
    return f"Least often found: {name}, {percent(recall)} of its cells{interval}."


def confusion(evaluation: Evaluation) -> str:
    """Where the mistakes lie."""
    wrong = evaluation.confusion.mistakes.count
    if wrong == 0:
        interval = evaluation.estimate("accuracy").interval
        bound = "" if interval is None else (
            f" The true error rate may still be as high as {percent(1 - interval.low)}."
        )  # fmt: skip
        return f"No cell was called wrong.{bound}"
    pair = evaluation.confusion.pairs[0]
    share = evaluation.confusion.error_concentration
    concentration = (
        "" if share is None or len(evaluation.confusion.pairs) <= 3
        else f" The three most confused pairs hold {percent(share, 1)} of all mistakes."
    )  # fmt: skip
    return (
        f"{cells(wrong)} {'was' if wrong == 1 else 'were'} called wrong. Most often confused: "
        f"{pair.first} and {pair.second}, {cells(pair.count)}, {percent(pair.share)} of the cells "
        f"of both classes.{concentration}"
    )


def most_confused(evaluation: Evaluation) -> str:
    """The one pair of classes to know about."""
    wrong = evaluation.confusion.mistakes.count
    if wrong == 0:
        return "None: no cell was called wrong."
    pair = evaluation.confusion.pairs[0]
    return f"{pair.first} and {pair.second}: {count(pair.count)} of {count(wrong)} mistakes."


def roc(evaluation: Evaluation) -> str:
    """What the macro AUC says, and which class is found least at few false alarms."""
    auc = evaluation.roc.macro.auc
    if auc is None:
        return "No area under the curve exists for these cells."
    found = {
        name: value
        for name, figures in evaluation.roc.per_class.items()
        if (value := figures.sensitivity_at_fpr["0.01"]) is not None
    }
    name, lowest = min(found.items(), key=lambda item: item[1])
    return (
        f"A cell of a class gets a higher score for it than a cell of another class in "
        f"{percent(auc)} of all such pairs (macro average; 50 % is chance). At 1 % false alarms, "
        f"{name} is found least: {percent(lowest)} of its cells."
    )


def precision_recall(evaluation: Evaluation) -> str:
    """Which class costs the most false calls when nearly all of it must be found."""
    found = {
        name: value
        for name, figures in evaluation.pr.per_class.items()
        if (value := figures.precision_at_recall["0.9"]) is not None
    }
    if not found:
        return "No precision at recall 0.90 exists for these cells."
    name, lowest = min(found.items(), key=lambda item: item[1])
    if lowest == 1.0:
        return "For every class, 90 % of its cells can be found without a single false call."
    return (
        f"If at least 90 % of a class must be found, at least {percent(lowest)} of the calls are "
        f"right; the lowest is {name}."
    )


def prevalence() -> str:
    """Why precision depends on where it is measured."""
    return (
        "Precision holds for the mixture of classes in these cells only. Where a class is rarer, "
        "more of its calls are false: read its precision at the share you expect."
    )


def calibration(evaluation: Evaluation) -> str:
    """Whether stated confidence and outcome agree."""
    figures = evaluation.calibration
    verdict = calibration_verdict(evaluation)
    return (
        f"The model states a mean confidence of {percent(figures.confidence.mean)} and is right in "
        f"{percent(evaluation.accuracy)} of the cells: {verdict} In bins, the two differ by "
        f"{fixed(figures.ece)} on average (ECE) and by {fixed(figures.mce)} at most, in a bin of "
        f"{cells(figures.mce_count)}."
    )


def calibration_verdict(evaluation: Evaluation) -> str:
    """Whether the model is over- or underconfident on the whole."""
    mean = evaluation.calibration.confidence.mean
    interval = evaluation.estimate("accuracy").interval
    if interval is not None and interval.low <= mean <= interval.high:
        return "on the whole it is neither over- nor underconfident, within the interval."
    gap = mean - evaluation.accuracy
    return f"it is {'over' if gap > 0 else 'under'}confident by {100 * abs(gap):.2f} points."


def confidence(evaluation: Evaluation) -> str:
    """Whether low confidence warns of mistakes."""
    means = evaluation.calibration.confidence
    if means.right is None or means.wrong is None:
        only = "right" if means.wrong is None else "wrong"
        return f"All cells were called {only}, so there is nothing to compare."
    return (
        f"Mean confidence is {fixed(means.right, 3)} for cells called right and "
        f"{fixed(means.wrong, 3)} for cells called wrong."
    )


def separation(evaluation: Evaluation) -> str:
    """How far scores lie apart."""
    mean = evaluation.separation.mean
    if mean is None:
        return "No divergence exists for these cells."
    return (
        f"The distributions of scores for a class's own cells and for all others have a mean "
        f"Jensen-Shannon divergence of {fixed(mean)} (0: they are the same; 1: they never overlap)."
    )


def selective(evaluation: Evaluation) -> str:
    """How many cells a person would have to look at, and a caveat."""
    coverage = evaluation.selective.coverage_at_error.get("0.005")
    caveat = "A threshold for other cells must be chosen on cells set aside for that."
    if not coverage or coverage == 1.0:
        return f"{for_a_person(evaluation)} {caveat}"
    return (
        f"If only the surest {percent(coverage, 1)} of the cells are reported, the error stays at "
        f"0.5 % or less. {for_a_person(evaluation)} {caveat}"
    )


def for_a_person(evaluation: Evaluation) -> str:
    """How many cells a person would have to look at."""
    coverage = evaluation.selective.coverage_at_error.get("0.005")
    if not coverage:
        return "No share of cells, however sure, has an error of 0.5 % or less."
    left = evaluation.cells - round(coverage * evaluation.cells)
    if left == 0:
        return "None, if an error of 0.5 % is allowed."
    return f"The least sure {cells(left)}, if the error may be 0.5 % at most."


def dynamics(evaluation: Evaluation) -> str:
    """How training ended."""
    figures = evaluation.dynamics
    if figures is None or figures.best_val_accuracy is None:
        return "Loss, accuracy and learning rate, epoch by epoch."
    gap = figures.final_accuracy_gap
    told = (
        "" if gap is None
        else f" At the end, training accuracy is {100 * gap:+.2f} points from validation accuracy."
    )  # fmt: skip
    return (
        f"Validation accuracy was best in epoch {figures.best_epoch} of {figures.epochs}: "
        f"{percent(figures.best_val_accuracy)}.{told}"
    )
