"""The tables of `study.sharing`: sizes, figures with intervals, and the planned pairs."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any, Self

import pandas as pd
import torch

from hemoscope.evaluation.comparison.holm import holm
from hemoscope.models.config import ModelConfig
from hemoscope.models.counts import count_parameters
from hemoscope.models.joint import branches_of
from hemoscope.models.joint_build import build_classifier
from hemoscope.models.joint_config import branch_config
from study.markdown import number, table

CLASSES = 8
FIGURES = (
    ("accuracy", "accuracy", 100, "{:.2f}"),
    ("macro F1", "macro.f1", 100, "{:.2f}"),
    ("ECE", "calibration.ece", 1, "{:.4f}"),
    ("Brier", "calibration.brier.sum.score", 1, "{:.4f}"),
    ("NLL", "calibration.nll", 1, "{:.4f}"),
)


@dataclass(frozen=True)
class Row:
    """What a model weighs and what its training took.

    Attributes:
        parameters: Of all that it needs to score.
        seconds: Of the training that made it; of a joint model, of the whole.
    """

    parameters: int
    seconds: float

    @classmethod
    def of(cls, model: ModelConfig, branch: str | None, history: Path) -> Self:
        """The row of a model or a branch of it."""
        seconds = float(pd.read_csv(history)["seconds"].sum())
        with torch.device("meta"):
            built = build_classifier(model, CLASSES, "none")
        chosen = built if branch is None else branches_of(built)[branch]
        return cls(count_parameters(chosen), seconds)

    @classmethod
    def together(cls, rows: Sequence["Row"]) -> Self:
        """Several models side by side."""
        return cls(sum(r.parameters for r in rows), sum(r.seconds for r in rows))


def summary(
    rows: Mapping[str, Row],
    figures: Mapping[str, Mapping[str, Any]],
    compared: Mapping[str, Any],
    names: Sequence[str],
) -> str:
    """Two tables in Markdown: every model, and the planned pairs.

    Args:
        rows: By table.
        figures: By table, what `hemoscope evaluate --json` said.
        compared: What `hemoscope compare --json` said of all of them.
        names: The branches, and "mean": what is compared between the arms.
    """
    cells = next(iter(figures.values()))["cells"]
    heads = ["model", "parameters", "training, s", *(head for head, *_ in FIGURES)]
    lines = []
    for name, row in rows.items():
        said = [_figure(figures[name], path, scale, form) for _, path, scale, form in FIGURES]
        lines.append([name, f"{row.parameters:,}", f"{row.seconds:.0f}", *said])
    whole = [
        f"{cells:,} test cells; 95 % intervals by bootstrap or Wilson; uncalibrated.",
        "",
        table(heads, lines, align="l" + "r" * (len(heads) - 1)),
    ]
    return "\n".join([*whole, "", *_pairs(compared, names), ""])


def count_table(joint: ModelConfig) -> str:
    """Parameters of a joint model and of its branches, in Markdown."""
    with torch.device("meta"):
        model = build_classifier(joint, CLASSES, "none")
        apart = {
            branch.name: count_parameters(
                build_classifier(branch_config(joint, branch), CLASSES, "none")
            )
            for branch in joint.joint
        }
    whole, total = count_parameters(model), sum(apart.values())
    shared = sum(count_parameters(part) for part in (model.encoder, model.fusion, model.head))
    counts = {**apart, "together, apart": total, "joint": whole, "of that shared": shared}
    rows = [(name, f"{count:,}") for name, count in counts.items()]
    saved = f"Sharing saves {total - whole:,} parameters, {(total - whole) / total:.1%}."
    return "\n".join([table(("model", "parameters"), rows, align="lr"), "", saved])


def _pairs(compared: Mapping[str, Any], names: Sequence[str]) -> list[str]:
    """The same branch in two arms; Holm's correction over these pairs alone."""
    wanted = {
        frozenset((f"{arm}-{name}", f"apart-{name}"))
        for arm in ("joint", "mutual")
        for name in names
    }
    pairs = [p for p in compared["pairs"] if frozenset((p["first"], p["second"])) in wanted]
    mcnemar = [pair["mcnemar"]["p"] for pair in pairs]
    heads = ["first", "second", "only first right", "only second right", "McNemar p", "Holm"]
    rows = []
    for pair, corrected in zip(pairs, holm(mcnemar), strict=True):
        test, auc = pair["mcnemar"], pair["delong_macro"]
        counts = [str(test["only_first_right"]), str(test["only_second_right"])]
        ps = [f"{test['p']:.3g}", f"{corrected:.3g}"]
        of_auc = [number(auc["difference"], "{:+.5f}"), number(auc["p"], "{:.3g}")]
        rows.append([pair["first"], pair["second"], *counts, *ps, *of_auc])
    return [
        "Planned pairs, on the same cells; Holm's correction over these pairs.",
        "",
        table((*heads, "macro AUC, difference", "DeLong p"), rows, align="ll" + "r" * 6),
    ]


def _figure(figures: Mapping[str, Any], path: str, scale: float, form: str) -> str:
    value: Any = figures
    for key in path.split("."):
        value = value[key]
    interval = figures["intervals"].get(path)
    said = number(value, form, scale=scale)
    if interval is None:
        return said
    low, high = (number(interval[end], form, scale=scale) for end in ("low", "high"))
    return f"{said} ({low}–{high})"
