"""`make study`: every run of plan.yaml by the public commands, skipped when its result is there.

    python -m study.run --cells pbc/manifest.csv --runs ~/study-runs
    python -m study.run --cells pbc/manifest.csv --weights weights --runs ~/study-runs --reduced

Interrupted at any moment, the same command goes on where it was; several of them at once share the
work, each run in the hands of one. Trained models stay under
--runs; small files (histories, recipes, provenance, figures, predictions) come under results/.
The reduced study trains on a part of the training cells and on smaller images, for fewer epochs; it
is judged on the same test cells, and keeps what it has less of in study-reduced/reduced.json.
"""

import argparse
import json
import shutil
import subprocess
import time
from dataclasses import dataclass
from fnmatch import fnmatch
from pathlib import Path

from hemoscope.cells import open_cells, write_manifest
from hemoscope.errors import HemoscopeError
from study.alone import Elsewhere, alone
from study.commands import hemoscope, leave, setting_options, train
from study.plan import PLAN, Experiment, Plan, Reduced
from study.thinned import thinned

RESULTS = Path(__file__).resolve().parent.parent / "results"
REDUCED = "reduced.json"
COPIED = ("recipe.yaml", "provenance.json", "history.csv")


@dataclass(frozen=True)
class Places:
    """Where cells come from, where models stay, where results go."""

    cells: Path
    runs: Path
    results: Path


def training_cells(experiment: Experiment, places: Places) -> Path:
    """The manifest that is trained on: all cells, or a part of the training cells.

    Cells are scored from the whole manifest, which names them as everything else does.
    """
    most = experiment.train_per_class
    if most is None:
        return places.cells
    file = places.runs / "cells" / f"{experiment.split}-{most}-seed-{experiment.seed}.csv"
    if not file.is_file():
        part = {"train": most}
        table = thinned(open_cells(places.cells), experiment.split, part, seed=experiment.seed)
        write_manifest(table, file, provenance={"training_cells_a_class": most})
    return file


def perform(experiment: Experiment, places: Places) -> None:
    """Trains, scores and evaluates; what is finished already is not done again.

    Raises:
        InWorkError: Another command is at it.
    """
    run = places.runs / experiment.place
    with alone(run):
        if not (places.results / experiment.place).is_dir():
            _perform(experiment, run, places)


def _perform(experiment: Experiment, run: Path, places: Places) -> None:
    cells = training_cells(experiment, places)
    train(cells, run, ("--recipe", experiment.recipe, *setting_options(experiment.settings)))
    part = places.results / experiment.place.parent / f".{experiment.place.name}.part"
    shutil.rmtree(part, ignore_errors=True)
    part.mkdir(parents=True)
    for name in COPIED:
        shutil.copy(run / name, part / name)
    for use in experiment.scored:
        table = part / f"{use}.parquet"
        chosen = ("--split-column", experiment.split, "--use", use)
        hemoscope("predict", places.cells, *chosen, "--model", run, "--out", table)
    said = hemoscope("evaluate", part / "test.parquet", "--run", run, "--json", capture=True)
    figures = json.loads(said)
    # Mistake by mistake they are in the table already, and would be most of this file.
    del figures["confusion"]["mistakes"]
    (part / "test.json").write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")
    # The folder appears in one step, so that a result that is there is a whole one.
    part.rename(places.results / experiment.place)


def keep_settings(reduced: Reduced, results: Path) -> None:
    """Writes what the reduced study has less of, and refuses results of another one.

    More seeds go on with the same study.

    Raises:
        HemoscopeError: The results there were made with other settings.
    """
    file = results / REDUCED
    if file.is_file():
        before = Reduced.model_validate_json(file.read_bytes())
        if not reduced.agrees_with(before):
            raise HemoscopeError(
                f"{results} holds a {before.words}; the plan has a {reduced.words}. Move that "
                "folder away and name another --runs, or set `reduced` in the plan back."
            )
    results.mkdir(parents=True, exist_ok=True)
    file.write_text(reduced.model_dump_json(indent=2) + "\n", encoding="utf-8")


def main() -> int:
    """Runs what is missing; exit 1 if a run failed, after all others were tried."""
    options = _options()
    plan = Plan.read(options.plan)
    each_run = plan.experiments(reduced=options.reduced, weights=options.weights)
    chosen = [each for each in each_run if fnmatch(f"{each.section}/{each.name}", options.only)]
    results = options.results / ("study-reduced" if options.reduced else "study")
    # A reduced run must never pass for a whole one, or go on with it.
    runs = options.runs / "reduced" if options.reduced else options.runs
    places = Places(options.cells, runs, results)
    missing = [each for each in chosen if not (results / each.place).is_dir()]
    print(f"{len(chosen)} runs, {len(chosen) - len(missing)} of them done.")
    for each in missing:
        each.load()
        print(f"  {each.section}/{each.name} seed {each.seed}")
    if options.list:
        return 0
    if options.reduced:
        keep_settings(plan.reduced, results)
    return perform_all(missing, places)


def perform_all(missing: list[Experiment], places: Places) -> int:
    """Performs one after the other; 1 if any of them failed, after all were tried.

    What another one of these commands has in work is left to it.
    """
    failed = []
    elsewhere = Elsewhere()
    for number, each in enumerate(missing, start=1):
        if (places.results / each.place).is_dir():
            continue  # done meanwhile by another one of these commands
        began = time.monotonic()
        try:
            with elsewhere.passing(str(each.place)):
                perform(each, places)
                print(
                    f"[{number}/{len(missing)}] {each.place}: {time.monotonic() - began:.0f} s",
                    flush=True,
                )
        except subprocess.CalledProcessError as error:
            failed.append(each)
            print(f"[{number}/{len(missing)}] {each.place} failed: {error}", flush=True)
    elsewhere.tell()
    return int(bool(failed))


def _options() -> argparse.Namespace:
    parser = argparse.ArgumentParser(description="The study: every run of plan.yaml.")
    parser.add_argument("--cells", type=Path, required=True, help="manifest with both splits")
    parser.add_argument(
        "--runs", type=Path, required=True, help="where models and checkpoints stay"
    )
    parser.add_argument("--weights", type=Path, help="folder of backbone weights; else timm's")
    parser.add_argument(
        "--reduced", action="store_true", help="less of everything, for two CPU cores"
    )
    parser.add_argument("--only", default="*", help="pattern on SECTION/NAME, such as 'replica/*'")
    parser.add_argument("--plan", type=Path, default=PLAN, help="another plan")
    parser.add_argument("--results", type=Path, default=RESULTS, help="where results go")
    parser.add_argument("--list", action="store_true", help="show what is missing, and stop")
    return parser.parse_args()


if __name__ == "__main__":
    leave(main)
