"""`hemoscope train`: SOURCE and a recipe become a run folder."""

from pathlib import Path
from typing import Annotated

import typer

from hemoscope.cli.options import Json
from hemoscope.cli.output import note, note_failures, print_json, print_table, progress_bar
from hemoscope.errors import UsageError

RecipeName = Annotated[str, typer.Option("--recipe", help="A shipped recipe, or a YAML file.")]
Settings = Annotated[
    list[str] | None,
    typer.Option("--set", metavar="FIELD=VALUE", help="Set one field of the recipe; repeatable."),
]
Column = Annotated[
    str | None, typer.Option("--split-column", help="Short for --set data.split_column=…")
]
Weights = Annotated[
    str | None, typer.Option("--weights", help="Short for --set weights=… (timm, none, a file).")
]


def train(
    source: Annotated[
        str | None, typer.Argument(metavar="SOURCE", help="Cells with labels and a split column.")
    ] = None,
    out: Annotated[Path | None, typer.Option("--out", help="The run folder to make.")] = None,
    recipe: RecipeName = "default",
    settings: Settings = None,
    split_column: Column = None,
    weights: Weights = None,
    start_from: Annotated[
        Path | None,
        typer.Option(
            "--from", metavar="RUN", help="Start from a trained model; its classes may be others."
        ),
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the run in --out, as it was started.")
    ] = False,
    show_recipe: Annotated[
        bool, typer.Option("--show-recipe", help="Print the recipe with every default, and stop.")
    ] = False,
    accelerator: Annotated[str, typer.Option(help="auto, cpu or gpu.")] = "auto",
    devices: Annotated[str, typer.Option(help="How many, or auto.")] = "auto",
    nodes: Annotated[int, typer.Option(min=1, help="Nodes of a torchrun or SLURM job.")] = 1,
    json: Json = False,
) -> None:
    """Train a model, or go on with an interrupted training."""
    from hemoscope.training.recipe_files import dump_recipe, load_recipe

    shortcuts = {"data.split_column": split_column, "weights": weights}
    given = [f"{name}={value}" for name, value in shortcuts.items() if value is not None]
    chosen = load_recipe(
        recipe,
        (*(settings or []), *given),
        start_from=None if start_from is None else str(start_from),
    )
    if show_recipe:
        typer.echo(dump_recipe(chosen), nl=False)
        return
    if source is None or out is None:
        raise UsageError("train needs a SOURCE and a run folder: hemoscope train SOURCE --out RUN")
    if resume and (settings or given or start_from or recipe != "default"):
        raise UsageError("--resume goes on as the run was started; it takes no recipe or settings.")

    from hemoscope.training.machine import Machine
    from hemoscope.training.processes import is_first_process
    from hemoscope.training.session import Session

    machine = Machine(accelerator, devices, nodes)
    first = is_first_process()
    with progress_bar("caching cells", shown=first) as progress:
        session = (
            Session.resumed(source, out, progress=progress)
            if resume
            else Session.started(source, chosen, out, progress=progress)
        )
    if first:
        note_failures(session.failures, session.cells_seen)
    if first and resume:
        note(f"going on with {out} from {session.where()}")
    session.train(machine)
    if not first:
        return
    result = session.outcome()
    if json:
        print_json(result)
        return
    print_table(f"Trained: {out}", ("", ""), list(result.items()))
