"""The four replicas in one plate each, as the paper's Figures 4 to 9."""

from collections.abc import Iterator, Mapping
from pathlib import Path

from hemoscope.evaluation import Evaluation, evaluate
from hemoscope.reports.figure import Plot, save_figure
from hemoscope.reports.plots.plates import (
    ClassReliabilityPlate,
    ConfusionPlate,
    HistoryPlate,
    PrecisionRecallPlate,
    ReliabilityPlate,
    RocPlate,
)
from study.page.printed import MODEL_NAMES, MODELS, RUN_OF
from study.page.runs import RunResult, StudyRuns

FIGURES = {4: "history", 5: "roc", 6: "precision-recall", 7: "reliability"}
FIGURES |= {8: "class-reliability", 9: "confusion"}


def replicas(study: StudyRuns) -> Mapping[str, RunResult]:
    """The first seed of each replica that is there, by the paper's name of the model."""
    there = {MODEL_NAMES[model]: study.of(RUN_OF[model]) for model in MODELS}
    return {name: runs[0] for name, runs in there.items() if runs}


def plates(runs: Mapping[str, RunResult]) -> Iterator[tuple[int, Plot]]:
    """Number of the paper's figure, and ours."""
    found: dict[str, Evaluation] = {n: evaluate(r.test, resamples=0) for n, r in runs.items()}
    yield 4, HistoryPlate({name: run.history for name, run in runs.items()})
    yield 5, RocPlate({name: each.roc for name, each in found.items()})
    yield 6, PrecisionRecallPlate({name: each.pr for name, each in found.items()})
    calibration = {name: each.calibration for name, each in found.items()}
    yield 7, ReliabilityPlate(calibration)
    yield 8, ClassReliabilityPlate(calibration)
    classes = next(iter(found.values())).classes
    yield 9, ConfusionPlate(classes, {name: each.confusion for name, each in found.items()})


def image(study: StudyRuns, number: int) -> str:
    """Path of a plate, below docs/."""
    return f"images/{study.folder.name}/{FIGURES[number]}.svg"


def draw(study: StudyRuns, docs: Path) -> list[Path]:
    """Draws every plate; none where no replica is there."""
    runs = replicas(study)
    if not runs:
        return []
    return [save_figure(plot, docs / image(study, number)) for number, plot in plates(runs)]


def plates_text(study: StudyRuns) -> str:
    """The plates as the page shows them."""
    runs = replicas(study)
    kinds = {4: "Training histories", 5: "ROC curves up to a false positive rate of 0.1"}
    kinds |= {6: "Precision-recall curves", 7: "Reliability diagrams"}
    kinds |= {8: "Reliability by class", 9: "Confusion matrices"}
    seeds = ", ".join(f"{name} seed {run.seed}" for name, run in runs.items())
    parts = [
        f"![{kind}]({image(study, number)})\n\n*{kind} (the paper's Figure {number}): {seeds}; "
        f"{study.words}.*"
        for number, kind in kinds.items()
    ]
    return "\n\n".join(parts)
