"""Does the transformer help its own backbone? Hybrid, hierarchical and bare backbone."""

from study.markdown import table
from study.page.paired import Planned, compare_pairs, pairs_table
from study.page.runs import StudyRuns
from study.page.spread import Spread

BACKBONES = ("customcnn", "resnet50", "efficientnet_b3", "inception_v3")
PAIRS = (("text", "backbone"), ("hierarchical", "backbone"), ("hierarchical", "text"))
PLANNED = tuple(
    Planned(f"{backbone}-{first}", f"{backbone}-{second}")
    for backbone in BACKBONES
    for first, second in PAIRS
)
FIGURES = {
    "accuracy": "accuracy",
    "macro F1": "macro.f1",
    "macro AUC": "roc.macro.auc",
    "ECE": "calibration.ece",
    "NLL": "calibration.nll",
}


def figures_table(study: StudyRuns, names: list[str]) -> str:
    """Headline figures of the runs that are there, over their seeds."""
    rows = [
        (
            f"`{name}`",
            str(len(study.of(name))),
            *(Spread.of(study.of(name), path).show() for path in FIGURES.values()),
        )
        for name in names
        if study.of(name)
    ]
    return table(("run", "seeds", *FIGURES), rows, align="lrrrrrr")


def variants_tests(study: StudyRuns) -> str:
    """The planned pairs that are there."""
    tested = compare_pairs(study, PLANNED)
    if not tested:
        return "No two of these runs have a seed in common yet, so nothing can be compared."
    helped = [t for t in tested if t.plan.first.endswith("-text") and _with_backbone(t.plan)]
    words = "; ".join(f"{_backbone(t.plan.first)}: {t.verdict}" for t in helped)
    answer = f"\n\nThe transformer (`text`) beside its own backbone: {words}." if helped else ""
    return f"{pairs_table(tested)}{answer}"


def _with_backbone(plan: Planned) -> bool:
    return plan.second.endswith("-backbone")


def _backbone(name: str) -> str:
    return name.rpartition("-")[0]
