"""`hemoscope compare`: several predictions tables on the same cells, side by side."""

from pathlib import Path
from typing import Annotated

import typer

from hemoscope.cli.options import Json
from hemoscope.cli.output import note, print_json, print_table
from hemoscope.errors import UsageError


def compare(
    tables: Annotated[
        list[str],
        typer.Argument(metavar="TABLE…", help="Predictions tables: FILE, or NAME=FILE."),
    ],
    seeds: Annotated[
        list[str] | None,
        typer.Option("--seeds", metavar="MODEL=NAME,NAME,…", help="Tables that are its seeds."),
    ] = None,
    runs: Annotated[
        list[str] | None,
        typer.Option("--run", metavar="NAME=FOLDER", help="Run folder of a table, for its times."),
    ] = None,
    report: Annotated[Path | None, typer.Option("--report", help="An HTML file to write.")] = None,
    allow_fitted_cells: Annotated[
        bool,
        typer.Option(
            "--allow-fitted-cells", help="Compare calibrations on cells that they were fitted on."
        ),
    ] = False,
    bins: Annotated[int, typer.Option(min=1, help="Calibration bins.")] = 15,
    resamples: Annotated[int, typer.Option(min=0, help="Bootstrap resamples; 0: none.")] = 1000,
    seed: Annotated[int, typer.Option(min=0, help="Seed of the bootstrap.")] = 0,
    json: Json = False,
) -> None:
    """Set models side by side on the same cells, and test every pair."""
    from hemoscope.evaluation import compare as compare_tables
    from hemoscope.history import read_history
    from hemoscope.predictions import Predictions

    named = dict(_named(text) for text in tables)
    if len(named) < 2 or len(named) < len(tables):
        raise UsageError("compare needs two or more tables with different names (NAME=FILE).")
    comparison = compare_tables(
        {name: Predictions.read(file) for name, file in named.items()},
        seeds={model: names.split(",") for model, names in map(_pair, seeds or ())},
        histories={name: read_history(Path(folder)) for name, folder in map(_pair, runs or ())},
        bins=bins,
        resamples=resamples,
        seed=seed,
        allow_fitted_cells=allow_fitted_cells,
    )
    if report is not None:
        from hemoscope.reports import write_comparison_report

        write_comparison_report(comparison, report)
        note(f"report → {report}")
    if json:
        print_json(comparison.to_dict())
        return
    print_table(
        f"{comparison.cells:,} cells",
        ("model", "accuracy", "balanced accuracy", "macro F1", "macro AUC", "ECE"),
        [
            (name, e.accuracy, e.balanced_accuracy, e.macro.f1, e.roc.macro.auc, e.calibration.ece)
            for name, e in comparison.evaluations.items()
        ],
    )
    print_table(
        "Pairs (McNemar's test on the same cells)",
        ("first", "second", "only first right", "only second right", "p"),
        [
            (
                p.first,
                p.second,
                p.mcnemar.only_first_right,
                p.mcnemar.only_second_right,
                p.mcnemar.p,
            )
            for p in comparison.pairs
        ],
    )


def _named(text: str) -> tuple[str, str]:
    """NAME=FILE, or a file that is called by its stem; folders and files may hold a "=" too."""
    name, separator, file = text.partition("=")
    if not separator or "/" in name or Path(text).is_file():
        return Path(text).stem, text
    if not name:
        raise UsageError(f"{text!r} gives a table no name. Write it as NAME=FILE, or FILE alone.")
    return name, file


def _pair(text: str) -> tuple[str, str]:
    name, separator, value = text.partition("=")
    if not separator:
        raise UsageError(f"{text!r}: write it as NAME=VALUE.")
    return name, value
