"""`hemoscope export`: a run folder becomes a bundle, or two bundles become one."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer

from hemoscope.cli.options import Branch, Json
from hemoscope.cli.output import note, print_json, print_table
from hemoscope.errors import UsageError

if TYPE_CHECKING:
    from hemoscope.deployment.int8 import Int8Plan
    from hemoscope.deployment.samples import NamedCells
    from hemoscope.inference import Bundle
    from hemoscope.training.recipe import Data


def export(
    run: Annotated[
        Path,
        typer.Argument(metavar="RUN", help="A finished run folder; with --second a bundle."),
    ],
    out: Annotated[Path, typer.Option("--out", help="The bundle to make: a new folder.")],
    cells: Annotated[
        str | None,
        typer.Option("--cells", metavar="SOURCE", help="Cells to compare with torch on."),
    ] = None,
    predictions: Annotated[
        list[Path] | None,
        typer.Option("--predictions", help="A table of the run's own, for the card; repeatable."),
    ] = None,
    branch: Branch = None,
    int8: Annotated[bool, typer.Option("--int8", help="Quantise to INT8.")] = False,
    calibrate_on: Annotated[
        str | None,
        typer.Option("--calibrate-on", metavar="SOURCE", help="INT8: training cells."),
    ] = None,
    validate_on: Annotated[
        str | None,
        typer.Option("--validate-on", metavar="SOURCE", help="INT8: labelled validation cells."),
    ] = None,
    allowed_points: Annotated[
        float, typer.Option(min=0, max=100, help="INT8: highest cost in accuracy, in points.")
    ] = 0.3,
    views: Annotated[
        int,
        typer.Option(min=1, max=8, help="Look at unclear cells so often, turned and mirrored."),
    ] = 1,
    second: Annotated[
        Path | None,
        typer.Option(metavar="BUNDLE", help="Put this one beside a bundle, for unclear cells."),
    ] = None,
    below: Annotated[
        float | None,
        typer.Option(
            min=0.01, max=1, help="--second: unclear are probabilities below this. [default: 0.9]"
        ),
    ] = None,
    home: Annotated[
        str | None,
        typer.Option(
            metavar="SOURCE", help="--second: ask it only in the light of these training cells."
        ),
    ] = None,
    json: Json = False,
) -> None:
    """Make a bundle: a folder that scores cells without torch.

    Of a SOURCE that has the split column of the run, only the training cells (--calibrate-on,
    --home) or the validation cells (--validate-on, --cells) are used. Of a joint model one branch
    at a time becomes a bundle (--branch).

    With --second two bundles become one: the second is asked about cells that the first leaves
    unclear, and of those the mean of both is said. With --home it is asked only about pictures
    whose glass has a colour as in the cells that it learned on.
    """
    if second is not None:
        if cells or predictions or branch or int8 or calibrate_on or validate_on or views > 1:
            raise UsageError(
                "--second puts two bundles together as they are: leave --cells, --predictions, "
                "--branch, --int8 and --views to the export of each run."
            )
        bundle = _pair(run, second, out, below, home)
    else:
        if below is not None or home is not None:
            raise UsageError("--below and --home go with --second BUNDLE.")
        _check_int8(int8, calibrate_on, validate_on)
        from hemoscope.deployment.export import ExportOptions, export_run
        from hemoscope.training.run_folder import open_run, read_recipe

        data = read_recipe(open_run(run)).data
        options = ExportOptions(
            cells=_cells(cells, data.split_column, data.validation) if cells else None,
            int8=_plan(calibrate_on, validate_on, allowed_points, data),
            predictions=predictions or (),
            branch=branch,
            views=views,
        )
        bundle = export_run(run, out, options, tell=note)
    if json:
        print_json({"bundle": str(out), **bundle.info.model_dump(mode="json")})
        return
    print_table(f"Exported: {out}", ("", ""), _rows(bundle))
    if bundle.info.quantisation or bundle.second or views > 1:
        note("The bundle has logits of its own: score validation cells with it, and calibrate it.")


def _pair(first: Path, second: Path, out: Path, below: float | None, home: str | None) -> "Bundle":
    from hemoscope.deployment.pair import BELOW, pair_bundles
    from hemoscope.inference.bundle import description_file, read_bundle

    for folder in (first, second):
        if (folder / "recipe.yaml").is_file() and not description_file(folder).is_file():
            raise UsageError(
                f"{folder} is a run folder, and --second puts bundles together. Export it first: "
                f"hemoscope export {folder} --out BUNDLE."
            )
    lit = None if home is None else _training_cells(home, read_bundle(second))
    return pair_bundles(first, second, out, BELOW if below is None else below, lit)


def _training_cells(source: str, bundle: "Bundle") -> "NamedCells":
    data = bundle.info.run["recipe"]["data"]
    return _cells(source, data["split_column"], data["train"])


def _check_int8(int8: bool, calibrate_on: str | None, validate_on: str | None) -> None:
    if int8 and not (calibrate_on and validate_on):
        raise UsageError(
            "--int8 needs cells to fit on and others to measure its cost: --calibrate-on SOURCE "
            "--validate-on SOURCE."
        )
    if (calibrate_on or validate_on) and not int8:
        raise UsageError("--calibrate-on and --validate-on go with --int8.")


def _plan(
    calibrate_on: str | None, validate_on: str | None, allowed: float, data: "Data"
) -> "Int8Plan | None":
    from hemoscope.deployment.int8 import Int8Plan

    if calibrate_on is None or validate_on is None:
        return None
    return Int8Plan(
        calibrate_on=_cells(calibrate_on, data.split_column, data.train),
        validate_on=_cells(validate_on, data.split_column, data.validation),
        allowed_points=allowed,
    )


def _cells(source: str, split_column: str, use: str) -> "NamedCells":
    """The cells of a SOURCE, or of one part of it where it knows the run's split."""
    from hemoscope.cells import open_cells
    from hemoscope.deployment.samples import NamedCells

    table = open_cells(source)
    name = Path(source).name
    if split_column not in table.frame:
        return NamedCells(name, table)
    return NamedCells(f"{name}, {split_column} = {use}", table.where(split_column, use))


def _rows(bundle: "Bundle") -> list[tuple[str, object]]:
    info = bundle.info
    parity = info.parity
    rows: list[tuple[str, object]] = [
        ("model", f"{info.model.size / 1e6:.1f} MB, {info.model.precision}"),
        ("largest difference from torch", f"{parity.largest:.1e} on {parity.count} cells"),
        ("compared on", parity.cells),
    ]
    if info.tasks:
        rows.append(("answers besides", ", ".join(info.tasks)))
    if bundle.second:
        model = bundle.second.info.model
        rows.append(("second network", f"{model.size / 1e6:.1f} MB, {model.precision}"))
    if info.quantisation:
        int8 = info.quantisation
        rows += [
            ("INT8 costs", f"{int8.cost_points:.2f} points on {int8.validation_cells} cells"),
            ("kept in float32", ", ".join(int8.float_blocks) or "no block"),
        ]
    return rows
