"""The paper's section 3.5 beside ours: ECE, and what one temperature makes of it."""

from collections.abc import Sequence

import numpy as np

from study.markdown import NOTHING, number, table
from study.page.printed import MODEL_NAMES, MODELS, RUN_OF, section_text
from study.page.runs import RunResult, StudyRuns
from study.page.spread import Spread


def paper_calibration(study: StudyRuns) -> str:
    """A row a replica that is there."""
    rows = []
    for model in MODELS:
        runs = study.of(RUN_OF[model])
        if runs:
            paper = [
                section_text("s35", f"{model}.{n}") for n in ("ece", "temperature", "scaled_ece")
            ]
            ece = Spread.of(runs, "calibration.ece").show()
            temperature, after = _fitted(runs)
            rows.append((MODEL_NAMES[model], *_woven(paper, (ece, temperature, after))))
    whose = ("ECE", "temperature", "ECE after it")
    head = ("model", *(f"{name}, {side}" for name in whose for side in ("paper", "ours")))
    return table(head, rows, align="lrrrrrr")


def _woven(paper: Sequence[str], ours: Sequence[str]) -> list[str]:
    return [text for pair in zip(paper, ours, strict=True) for text in pair]


def _fitted(runs: Sequence[RunResult]) -> tuple[str, str]:
    """The mean temperature and ECE after it, where every seed has been calibrated."""
    fits = [run.calibrations["methods"]["temperature"] for run in runs if run.calibrations]
    if len(fits) < len(runs) or any("refused" in fit for fit in fits):
        return NOTHING, NOTHING
    temperatures = [fit["parameters"]["temperature"] for fit in fits]
    after = [fit["changes"]["ece"]["after"] for fit in fits]
    return number(float(np.mean(temperatures)), "{:.2f}"), number(float(np.mean(after)))
