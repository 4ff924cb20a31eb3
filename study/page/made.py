"""What the runs of a section were made of: seeds, cells, hardware, time."""

from collections.abc import Sequence

from hemoscope.models.config import CUSTOM_CNN
from study.markdown import table
from study.page.runs import RunResult, StudyRuns
from study.provenance import commit


def made(study: StudyRuns, names: Sequence[str]) -> str:
    """One row a run that is there."""
    rows = [_row(name, study.of(name)) for name in names if study.of(name)]
    head = (
        *("run", "seeds", "epochs", "split", "train / test cells"),
        *("training, minutes each", "on", "starts from", "commit"),
    )
    return table(head, rows, align="llrlrrlll")


def command(study: StudyRuns, only: str) -> str:
    """The command that makes some runs, by a pattern on SECTION/NAME."""
    less = "" if study.reduced is None else " --reduced"
    return f"python -m study.run --cells pbc/manifest.csv --runs RUNS --only '{only}'{less}"


def _row(name: str, runs: Sequence[RunResult]) -> tuple[str, ...]:
    first = runs[0]
    data = first.provenance["data"]
    minutes = ", ".join(f"{run.minutes:.0f}" for run in runs)
    return (
        f"`{name}`",
        ", ".join(str(run.seed) for run in runs),
        str(first.recipe["epochs"]),
        str(data["split_column"]),
        f"{data['splits'].get('train', 0):,} / {first.figures['cells']:,}",
        minutes,
        "; ".join(dict.fromkeys(run.hardware for run in runs)),
        _weights(first),
        ", ".join(dict.fromkeys(commit(run.provenance) for run in runs)),
    )


def _weights(run: RunResult) -> str:
    """What the backbone started from."""
    told = run.recipe["weights"]
    if told not in (None, "none", "timm"):
        return "a local file"
    backbone = str(run.recipe.get("model", {}).get("backbone"))
    return "nothing" if told == "none" or backbone == CUSTOM_CNN else "timm's"
