"""`hemoscope prune`: a run folder becomes a smaller one, within a budget of accuracy."""

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hemoscope.cli.options import Json
from hemoscope.cli.output import note, note_failures, print_json, print_table, progress_bar
from hemoscope.errors import UsageError, place_of

if TYPE_CHECKING:
    from hemoscope.compression.journal import Journal
    from hemoscope.compression.settings import Settings


def prune(
    run: Annotated[Path, typer.Argument(metavar="RUN", help="A finished run folder.")],
    cells: Annotated[
        str, typer.Argument(metavar="CELLS", help="Cells with labels and the run's split column.")
    ],
    out: Annotated[Path, typer.Option("--out", help="The run folder to make.")],
    max_loss: Annotated[
        float,
        typer.Option(min=0, max=100, help="Budget: loss of validation accuracy, in points."),
    ] = 0.2,
    guide: Annotated[
        str,
        typer.Option(
            help="What goes first: attention (mean rank of all scores), entropy, rollout, "
            "influence, gradient, random or magnitude."
        ),
    ] = "attention",
    epochs: Annotated[int, typer.Option(min=0, help="Epochs of fine-tuning after each step.")] = 1,
    share: Annotated[
        float,
        typer.Option(min=0.01, max=0.99, help="Of heads, channels or units that a step removes."),
    ] = 0.5,
    until: Annotated[
        float, typer.Option(min=0, max=1, help="Stop at this share of the original's parameters.")
    ] = 0.0,
    keep_blocks: Annotated[int, typer.Option(min=0, help="So many encoder blocks stay.")] = 1,
    kinds: Annotated[
        list[str] | None,
        typer.Option("--kind", help="May go: blocks, heads, channels, units; repeatable."),
    ] = None,
    score_cells: Annotated[
        int, typer.Option(min=1, help="So many training cells are scored.")
    ] = 256,
    rate: Annotated[
        float, typer.Option(min=1e-6, max=1, help="Share of the run's learning rates.")
    ] = 0.3,
    seed: Annotated[int, typer.Option(min=0, help="For chance and for the scored cells.")] = 0,
    settings: Annotated[
        list[str] | None,
        typer.Option(
            "--set", metavar="FIELD=VALUE", help="Set a field of the recipe for fine-tuning."
        ),
    ] = None,
    split_column: Annotated[
        str | None, typer.Option("--split-column", help="Short for --set data.split_column=…")
    ] = None,
    resume: Annotated[
        bool, typer.Option("--resume", help="Go on with the pruning in --out, as it was started.")
    ] = False,
    accelerator: Annotated[str, typer.Option(help="auto, cpu or gpu.")] = "auto",
    json: Json = False,
) -> None:
    """Remove what matters least, for real, within a budget.

    Encoder blocks, heads, channels and hidden units go, the least important first. Each step is
    fine-tuned and judged on the validation cells; one that costs more than the budget is undone.
    The result is a run folder. Exit 1 if nothing could be removed.
    """
    chosen = _settings(
        guide=guide, max_loss=max_loss, epochs=epochs, share=share, until=until,
        keep_blocks=keep_blocks, seed=seed, score_cells=score_cells, rate=rate,
        tuning=_tuning(settings, split_column), **({"kinds": kinds} if kinds else {}),
    )  # fmt: skip
    if resume and chosen != _settings():
        raise UsageError("--resume goes on as the pruning was started; it takes no settings.")
    from hemoscope.compression.pruning import prune as prune_run
    from hemoscope.compression.task import resume_pruning, start_pruning

    with progress_bar("caching cells") as progress:
        task, journal = (
            resume_pruning(run, cells, out, accelerator=accelerator, progress=progress)
            if resume
            else start_pruning(run, cells, out, chosen, accelerator=accelerator, progress=progress)
        )
    note_failures(task.failures, len(task.table))
    if not journal.origin.own_cells:
        note("These are not the cells that RUN was trained on: make sure none of them judged it.")
    _tell(prune_run(task, journal, note), out, json=json)


def _tuning(settings: list[str] | None, split_column: str | None) -> tuple[str, ...]:
    column = () if split_column is None else (f"data.split_column={split_column}",)
    return (*(settings or []), *column)


def _settings(**given: Any) -> "Settings":
    from pydantic import ValidationError

    from hemoscope.compression.settings import Settings

    try:
        return Settings.model_validate(given)
    except ValidationError as error:
        first = error.errors()[0]
        raise UsageError(
            f"{place_of(error)}: {first['msg']} (it is {first['input']!r})."
        ) from error


def _tell(journal: "Journal", out: Path, *, json: bool) -> None:
    kept = journal.kept
    if json:
        print_json({"run": str(out), "kept_step": kept.step if kept else 0, **_plain(journal)})
    else:
        print_table(f"Pruned: {out}", _COLUMNS, _rows(journal))
        note(f"It stopped because {journal.stopped}.")
    if kept is None:
        note(f"Nothing was removed: {out} holds the original model.")
        raise typer.Exit(1)


_COLUMNS = ("step", "kind", "parameters", "val. accuracy", "points", "McNemar p", "ms", "verdict")


def _plain(journal: "Journal") -> dict[str, Any]:
    return journal.model_dump(mode="json")


def _rows(journal: "Journal") -> list[tuple[object, ...]]:
    first = journal.before
    rows: list[tuple[object, ...]] = [
        (0, "original", first.parameters, first.val_accuracy, None, None, first.latency_ms, "")
    ]
    for step in journal.steps:
        m = step.measured
        verdict = "kept" if step.accepted else "undone"
        rows.append(
            (
                *(step.step, step.kind, m.parameters, m.val_accuracy),
                *(0 - step.loss_points, step.mcnemar.p, m.latency_ms, verdict),
            )
        )
    return rows
