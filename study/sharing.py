"""One joint model against the same backbones trained apart, by the public commands.

    python -m study.sharing --cells pbc/manifest.csv --runs ~/runs --weights weights
    python -m study.sharing --count          only count parameters, train nothing

Interrupted at any moment, the same command goes on where it was. Trained models stay under --runs;
tables, figures and tests come under results/sharing/seed-SEED/, and `summary.md` among them last.
"""

import argparse
import json
import shutil
import sys
from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np

from hemoscope.models.config import BranchConfig
from hemoscope.models.joint_config import branch_config
from hemoscope.predictions import Predictions
from hemoscope.training.recipe import Recipe
from hemoscope.training.recipe_files import dump_recipe, load_recipe
from study.alone import Elsewhere, alone
from study.commands import hemoscope, train, write_whole
from study.plan import PLAN, Plan
from study.run import RESULTS
from study.sharing_summary import Row, count_table, summary

MEAN = "mean"


@dataclass(frozen=True)
class Arm:
    """A model that is trained: its recipe, and the tables that it gives.

    Attributes:
        name: "joint", "mutual", or "apart-BRANCH".
        recipe: What is done.
        tables: Name of a table to the branch that fills it; None for the whole model.
    """

    name: str
    recipe: Recipe
    tables: Mapping[str, str | None]


def arms(joint: Recipe, mutual: float) -> Iterator[Arm]:
    """The joint model, the same with mutual learning where it is asked for, and each backbone.

    Args:
        joint: Recipe of the joint model, without mutual learning.
        mutual: Weight of mutual learning; 0: no such arm.
    """
    names = [branch.name for branch in joint.model.joint]
    for arm, weight in (("joint", 0.0), ("mutual", mutual)):
        if arm == "joint" or weight:
            loss = joint.loss.model_copy(update={"mutual": weight})
            tables = {f"{arm}-{MEAN}": None, **{f"{arm}-{name}": name for name in names}}
            yield Arm(arm, joint.model_copy(update={"loss": loss}), tables)
    for branch in joint.model.joint:
        own = {
            "model": branch_config(joint.model, branch),
            "weights": joint.weights.get(branch.name)
            if isinstance(joint.weights, Mapping)
            else joint.weights,
        }
        name = f"apart-{branch.name}"
        yield Arm(name, joint.model_copy(update=own), {name: None})


def joint_recipe(options: argparse.Namespace, seed: int) -> Recipe:
    """The recipe of the joint model, with local weights where there are any."""
    settings = (*options.set, f"model.joint=[{', '.join(options.backbones)}]", f"seed={seed}")
    recipe = load_recipe(options.recipe, settings)
    if options.weights is None:
        return recipe
    local = Plan.read(PLAN).weights
    branches: list[BranchConfig] = []
    sources: dict[str, str] = {}
    for branch in recipe.model.joint:
        known = local.get(branch.backbone.partition(".")[0])
        file = None if known is None else options.weights / known.file
        if known is None or file is None or not file.is_file():
            branches.append(branch)
            sources[branch.name] = "none"
        else:
            branches.append(branch.model_copy(update={"normalisation": known.normalisation}))
            sources[branch.name] = str(file)
    model = recipe.model.model_copy(update={"joint": tuple(branches)})
    return recipe.model_copy(update={"model": model, "weights": sources})


def perform(joint: Recipe, options: argparse.Namespace, results: Path) -> None:
    """Trains, scores, evaluates and compares what is missing; the summary comes last.

    Raises:
        InWorkError: Another command is at one of its trainings.
    """
    results.mkdir(parents=True, exist_ok=True)
    chosen = tuple(arms(joint, options.mutual))
    rows = {}
    for arm in chosen:
        run = options.runs / results.name / arm.name
        with alone(run):
            train(options.cells, run, ("--recipe", _recipe_file(arm, run, results)))
            shutil.copy(run / "history.csv", results / f"{arm.name}.csv")
            for table, branch in arm.tables.items():
                _predict(run, branch, results / f"{table}.parquet", options.cells, joint)
        for table, branch in arm.tables.items():
            rows[table] = Row.of(arm.recipe.model, branch, results / f"{arm.name}.csv")
    names = [branch.name for branch in joint.model.joint]
    apart = f"apart-{MEAN}"
    _mean([results / f"apart-{name}.parquet" for name in names], results / f"{apart}.parquet")
    rows[apart] = Row.together([rows[f"apart-{name}"] for name in names])
    figures = {t: _evaluate(results / f"{t}.parquet", options.resamples) for t in rows}
    compared = _compare(results, tuple(rows), options.resamples)
    text = summary(rows, figures, compared, [*names, MEAN])
    write_whole(results / "summary.md", text)


def _recipe_file(arm: Arm, run: Path, results: Path) -> Path:
    """Writes the recipe down: for training, and among the results without this machine's paths.

    Raises:
        SystemExit: The results were begun with another recipe.
    """
    sources = arm.recipe.weights
    if isinstance(sources, Mapping):
        named: Any = {branch: Path(source).name for branch, source in sources.items()}
    else:
        named = sources if sources is None else Path(sources).name
    text = dump_recipe(arm.recipe.model_copy(update={"weights": named}))
    kept = results / f"{arm.name}.yaml"
    if kept.is_file() and kept.read_text(encoding="utf-8") != text:
        raise SystemExit(
            f"{kept} holds another recipe than is asked for now. Go on with the same options, or "
            "name another --results folder (and other --runs)."
        )
    write_whole(kept, text)
    recipe = run.with_name(f"{run.name}.yaml")
    recipe.parent.mkdir(parents=True, exist_ok=True)
    write_whole(recipe, dump_recipe(arm.recipe))
    return recipe


def _predict(run: Path, branch: str | None, out: Path, cells: Path, recipe: Recipe) -> None:
    if out.is_file():
        return
    part = out.with_suffix(".part.parquet")
    chosen = ("--split-column", recipe.data.split_column, "--use", "test")
    of = () if branch is None else ("--branch", branch)
    hemoscope("predict", cells, *chosen, "--model", run, *of, "--out", part)
    part.rename(out)


def _mean(tables: list[Path], out: Path) -> None:
    """The mean of the logits of models that were trained apart, as a joint model takes it."""
    read = [Predictions.read(table) for table in tables]
    first = read[0]
    if any(list(each.paths) != list(first.paths) for each in read):
        raise SystemExit("the models apart have not scored the same cells; remove their tables.")
    Predictions.from_logits(
        list(first.paths),
        first.classes,
        np.mean([each.logits for each in read if each.logits is not None], axis=0),
        labels=None if first.labels is None else list(first.labels),
        provenance={"mean of the logits of": [table.name for table in tables]},
    ).write(out)


def _evaluate(table: Path, resamples: int) -> dict[str, Any]:
    file = table.with_suffix(".json")
    if not file.is_file():
        call = ("evaluate", table, "--resamples", str(resamples), "--json")
        write_whole(file, hemoscope(*call, capture=True))
    return json.loads(file.read_text(encoding="utf-8"))


def _compare(results: Path, tables: tuple[str, ...], resamples: int) -> dict[str, Any]:
    file = results / "comparison.json"
    if not file.is_file():
        named = [f"{table}={results / table}.parquet" for table in tables]
        call = ("compare", *named, "--resamples", str(resamples), "--json")
        write_whole(file, hemoscope(*call, capture=True))
    return json.loads(file.read_text(encoding="utf-8"))


def main() -> int:
    """Runs what is missing of every seed."""
    options = _options()
    if options.count:
        print(count_table(joint_recipe(options, seed=0).model))
        return 0
    elsewhere = Elsewhere()
    for seed in options.seeds:
        results = options.results / "sharing" / f"seed-{seed}"
        with elsewhere.passing(f"seed {seed}"):
            if not (results / "summary.md").is_file():
                perform(joint_recipe(options, seed), options, results)
            print(f"seed {seed}: {results / 'summary.md'}")
    elsewhere.tell()
    return 0


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="A joint model against its backbones apart.")
    add = parser.add_argument
    add("--cells", type=Path, help="manifest with train, val and test in the recipe's split column")
    add("--runs", type=Path, help="where models and checkpoints stay")
    add("--weights", type=Path, help="folder of backbone weights; else timm's")
    add("--backbones", nargs="+", default=["inception_v3", "resnet50"], help="of the branches")
    add("--recipe", default="default", help="shipped recipe or file; its backbone is replaced")
    add("--set", nargs="+", default=[], metavar="FIELD=VALUE", help="as of hemoscope train")
    add("--mutual", type=float, default=0.5, help="weight of the arm with mutual learning; 0: none")
    add("--seeds", nargs="+", type=int, default=[1, 2, 3])
    add("--results", type=Path, default=RESULTS, help="where results go")
    add("--resamples", type=int, default=1000, help="of the bootstrap")
    add("--count", action="store_true", help="count parameters, and stop")
    options = parser.parse_args()
    if not options.count and (options.cells is None or options.runs is None):
        parser.error("--cells and --runs are needed, or --count")
    return options


if __name__ == "__main__":
    sys.exit(main())
