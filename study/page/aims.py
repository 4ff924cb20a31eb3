"""The aims that were set before anything ran, and whether they are reached.

Beside the accuracy on test cells stands that on training cells as the last epoch saw them, with
augmentation and dropout. Where it is no higher, the model has not learned its own cells yet, and
more training is what it wants; where it is far higher, it has learned them by heart.
"""

from collections.abc import Sequence

from study.markdown import number, table
from study.page.printed import MODEL_NAMES, MODELS, RUN_OF, Printed
from study.page.runs import RunResult, StudyRuns
from study.page.spread import Spread

HYBRID = "inception_v3-text"
CLEAN_AIM = 0.99


def aims_table(study: StudyRuns) -> str:
    """A row an aim whose runs are there: the mean over seeds decides."""
    best = float(Printed(4).text("inception_v3.accuracy"))
    aims = {f"`{HYBRID}` on `clean_split`, at least": (HYBRID, CLEAN_AIM)}
    aims |= {
        f"{MODEL_NAMES[model]} replica on `paper_split`, above the paper's best": (
            RUN_OF[model],
            best,
        )
        for model in MODELS
    }
    rows = []
    for words, (name, aim) in aims.items():
        accuracy = Spread.of(study.of(name), "accuracy") if study.of(name) else Spread(())
        if accuracy.mean is None:
            continue
        enough = accuracy.mean >= aim if name == HYBRID else accuracy.mean > aim
        reached = "reached" if enough else "**not reached**"
        learned = number(_learned(study.of(name)))
        rows.append((words, number(aim), accuracy.show(), reached, learned))
    head = ("accuracy on test cells", "aim", "ours", "", "on training cells, last epoch")
    return table(head, rows, align="lrrlr")


def _learned(runs: Sequence[RunResult]) -> float:
    """Accuracy on the training cells in the last epoch, the mean over seeds."""
    return sum(float(run.history["train_accuracy"].iloc[-1]) for run in runs) / len(runs)
