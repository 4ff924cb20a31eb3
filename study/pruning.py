"""Does attention guide better? One trained model, pruned by every guide to the same sizes.

    python -m study.pruning --run RUN --cells MANIFEST --runs ~/pruned
    python -m study.pruning --run RUN --cells MANIFEST --runs ~/pruned --until 0.1 --epochs 1

Every guide makes the same steps, whatever they cost (`hemoscope prune --max-loss 100`), so that
the models of a step are of equal size. Chance gets several seeds. Interrupted at any moment, the
same command goes on where it was. Pruned models stay under --runs; tables, tests and the figure
come under results/pruning/NAME/:

steps.csv       one row a guide, seed and step: size, speed, validation accuracy, p against RUN
compared.csv    one row a step and pair of runs: McNemar's test between them
summary.json    for each guide, how small it gets without a significant loss; the settings
guides.svg      accuracy against parameters and measured time, with guides.csv, its numbers
"""

import argparse
import json
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pandas as pd

from hemoscope.evaluation.comparison.holm import holm
from hemoscope.evaluation.comparison.mcnemar import mcnemar_test
from hemoscope.reports.figure import save_figure, save_numbers
from hemoscope.reports.plots.pruning import GuidesFigure
from study.alone import Elsewhere, alone
from study.commands import HEMOSCOPE

RESULTS = Path(__file__).resolve().parent.parent / "results" / "pruning"
SIGNIFICANT = 0.05


@dataclass(frozen=True)
class Pruned:
    """One guide with one seed, and the folder that it makes."""

    guide: str
    seed: int
    path: Path

    @property
    def name(self) -> str:
        """For tables: "random 2"."""
        return f"{self.guide} {self.seed}"

    def steps(self) -> pd.DataFrame:
        """`pruning.csv` with guide and seed."""
        table = pd.read_csv(self.path / "pruning.csv")
        return table.assign(guide=self.guide, seed=self.seed)

    def right(self) -> pd.DataFrame:
        """Validation cells by path, one boolean column a step: called rightly?"""
        table = pd.read_csv(self.path / "validation.csv", dtype=str).set_index("path")
        called = table.drop(columns="label")
        return called.eq(table["label"], axis=0)


def perform(pruned: Pruned, options: argparse.Namespace) -> int:
    """Prunes, or goes on; what is finished is not done again. Gives the exit code.

    Raises:
        InWorkError: Another command is at it.
    """
    with alone(pruned.path):
        return _perform(pruned, options)


def _perform(pruned: Pruned, options: argparse.Namespace) -> int:
    if (pruned.path / "model.safetensors").is_file():
        return 0
    call = [*HEMOSCOPE, "prune", options.run, options.cells, "--out", pruned.path]
    if (pruned.path / "pruning.json").is_file():
        call.append("--resume")
    else:
        call += ["--guide", pruned.guide, "--seed", pruned.seed, "--max-loss", 100]
        call += ["--epochs", options.epochs, "--share", options.share, "--until", options.until]
        call += ["--keep-blocks", options.keep_blocks]
        call += [part for setting in options.set for part in ("--set", setting)]
    call += ["--accelerator", options.accelerator]
    # What `alone` has locked stays open in the verb: it is at work even if this process is killed.
    done = subprocess.run(
        [*map(str, call)], check=False, stdout=subprocess.DEVNULL, close_fds=False
    )
    return done.returncode


def compared(done: list[Pruned]) -> pd.DataFrame:
    """McNemar's test of the first guide against every other run, at each step they share.

    `p_holm` is corrected over all tests of the table.
    """
    rights = {pruned.name: pruned.right() for pruned in done}
    sizes = {p.name: p.steps().set_index("step")["parameters"] for p in done}
    first = done[0].name
    rows = [
        _test(first, other, step, rights, sizes)
        for other in list(rights)[1:]
        for step in range(1, min(len(sizes[first]), len(sizes[other])))
    ]
    table = pd.DataFrame(rows)
    return table.assign(p_holm=pd.Series(holm(table["p"].tolist()))) if rows else table


def _test(
    first: str,
    other: str,
    step: int,
    rights: dict[str, pd.DataFrame],
    sizes: dict[str, pd.Series],
) -> dict[str, object]:
    one, two = (rights[name][f"step_{step}"] for name in (first, other))
    two = two.loc[one.index]
    only_first, only_other = int((one & ~two).sum()), int((two & ~one).sum())
    return {
        "step": step,
        "first": first,
        "other": other,
        "parameters_first": int(sizes[first][step]),
        "parameters_other": int(sizes[other][step]),
        "accuracy_first": float(one.mean()),
        "accuracy_other": float(two.mean()),
        "only_first": only_first,
        "only_other": only_other,
        "p": mcnemar_test(only_first, only_other).p,
    }


def summary(done: list[Pruned]) -> list[dict[str, object]]:
    """How small each run gets before its first significant loss against the original."""
    rows = []
    for pruned in done:
        steps = pruned.steps()
        worse = (steps["mcnemar_p"] < SIGNIFICANT) & (steps["loss_points"] > 0)
        before = steps[~worse.cummax()].iloc[-1]
        rows.append(
            {
                "guide": pruned.guide,
                "seed": pruned.seed,
                "step": int(before["step"]),
                "parameters": int(before["parameters"]),
                "share": float(before["share"]),
                "val_accuracy": float(before["val_accuracy"]),
                "latency_ms": float(before["latency_ms"]),
                "mcnemar_p": float(before["mcnemar_p"]),
            }
        )
    return rows


def write(done: list[Pruned], options: argparse.Namespace) -> None:
    """Tables, tests and the figure, of whatever is done."""
    out = options.results / options.name
    out.mkdir(parents=True, exist_ok=True)
    steps = pd.concat([pruned.steps() for pruned in done], ignore_index=True)
    steps.to_csv(out / "steps.csv", index=False)
    compared(done).to_csv(out / "compared.csv", index=False)
    journal = json.loads((done[0].path / "pruning.json").read_text(encoding="utf-8"))
    shared = {k: v for k, v in journal["settings"].items() if k not in ("guide", "seed")}
    kept = {"origin": journal["origin"], "settings": shared, "runs": summary(done)}
    kept["origin"] |= {"run": Path(options.run).name, "cells": Path(options.cells).name}
    (out / "summary.json").write_text(json.dumps(kept, indent=2) + "\n", encoding="utf-8")
    figure = GuidesFigure(steps)
    save_figure(figure, out / "guides.svg")
    save_numbers(figure, out / "guides.csv")


def main() -> int:
    """Prunes what is missing; exit 1 if a pruning failed, after all others were tried."""
    options = _options()
    wanted = [
        Pruned(guide, seed, options.runs / options.name / f"{guide}-{seed}")
        for guide in options.guides
        for seed in (range(options.seeds) if guide == "random" else (0,))
    ]
    done = []
    failed = False
    elsewhere = Elsewhere()
    for pruned in wanted:
        with elsewhere.passing(pruned.name):
            code = perform(pruned, options)
            failed |= code != 0
            print(f"{pruned.name}: {'done' if code == 0 else f'failed, exit {code}'}", flush=True)
            if code == 0:
                done.append(pruned)
                write(done, options)  # after each, so that an interrupted study shows what it has
    elsewhere.tell()
    return int(failed)


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="Guides of pruning at equal size.")
    parser.add_argument("--run", type=Path, required=True, help="a finished run folder")
    parser.add_argument("--cells", type=Path, required=True, help="manifest with the run's split")
    parser.add_argument("--runs", type=Path, required=True, help="where pruned models stay")
    parser.add_argument("--name", help="of the results; default: the run's")
    guides = ["attention", "magnitude", "random"]
    parser.add_argument("--guides", nargs="+", default=guides, help="the first is tested")
    parser.add_argument("--seeds", type=int, default=3, help="of random")
    parser.add_argument("--epochs", type=int, default=1)
    parser.add_argument("--share", type=float, default=0.5)
    parser.add_argument("--until", type=float, default=0.1)
    parser.add_argument("--keep-blocks", type=int, default=1)
    parser.add_argument("--set", nargs="*", default=[], help="FIELD=VALUE for fine-tuning")
    parser.add_argument("--accelerator", default="auto")
    parser.add_argument("--results", type=Path, default=RESULTS)
    options = parser.parse_args()
    options.name = options.name or options.run.name
    return options


if __name__ == "__main__":
    sys.exit(main())
