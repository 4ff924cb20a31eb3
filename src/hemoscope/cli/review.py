"""`hemoscope review`: the lab bench, a page on which a person checks, counts and signs."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from hemoscope.cli.options import Json
from hemoscope.cli.output import note, print_json
from hemoscope.errors import MissingExtraError, UsageError

if TYPE_CHECKING:
    from hemoscope.calibration.differential import Confusion
    from hemoscope.review import Bench, Job

PORT = 8341
SYNTHETIC = "These cells were drawn by hemoscope, not photographed."


def review(
    classified: Annotated[
        Path, typer.Argument(metavar="CLASSIFIED", help="A folder of hemoscope classify.")
    ],
    images: Annotated[
        str | None,
        typer.Option(
            "--images",
            metavar="SOURCE",
            help="Where the pictures are, as named to classify, if they are no longer there.",
        ),
    ] = None,
    calibration: Annotated[
        Path | None,
        typer.Option(
            "--calibration",
            help="A bundle or run folder whose calibration gives the differential its limits; by "
            "default that of the model that classified.",
        ),
    ] = None,
    reviewer: Annotated[str, typer.Option("--reviewer", help="Your name, to begin with.")] = "",
    export: Annotated[
        Path | None,
        typer.Option("--export", help="Write what was decided and signed there; serve nothing."),
    ] = None,
    database: Annotated[
        str | None,
        typer.Option(
            "--database",
            metavar="URL",
            help="Of SQLAlchemy; by default review.sqlite in CLASSIFIED.",
        ),
    ] = None,
    host: Annotated[str, typer.Option("--host", help="Where to listen.")] = "127.0.0.1",
    port: Annotated[
        int, typer.Option("--port", min=0, max=65535, help="0: one that is free.")
    ] = PORT,
    json: Json = False,
) -> None:
    """Open a page to check, correct, count and sign classified cells.

    Every decision is kept in a database at once, with who made it and when; nothing is ever
    overwritten. With --json the first line on standard output is an object with the address. A
    research tool, not a medical device.
    """
    for library in ("fastapi", "uvicorn", "sqlalchemy"):
        if find_spec(library) is None:
            raise MissingExtraError("the lab bench", "review")
    from hemoscope.review import Bench, Ledger, open_job
    from hemoscope.review.pictures import Pictures

    job = open_job(classified)
    pictures = Pictures(job, images)
    ledger = Ledger.open(job, database)
    try:
        bench = Bench(job, ledger, _confusion(job, calibration))
        if export is not None:
            _export(bench, export, pictures.root, json=json)
            return
        if missing := pictures.missing():
            note(f"WARNING: {missing} of the first cells have no picture here; see --images.")
        _serve(bench, pictures, reviewer, host, port, json=json)
    finally:
        ledger.close()


def _confusion(job: "Job", asked: Path | None) -> "Confusion | None":
    """How the model confuses classes; None, said aloud, where nobody knows."""
    from hemoscope.calibration import CalibrationError, read_trust
    from hemoscope.inference import shipped_bundle

    model = Path(str(job.provenance.get("model", "")))
    try:
        trust = read_trust(asked or (model if model.is_dir() else shipped_bundle()))
    except CalibrationError as error:
        if asked is not None:
            raise
        note(f"No limits for the differential: {error}")
        return None
    if trust.classes != job.classes:
        message = f"the calibration is for {', '.join(trust.classes)}, the cells are of others"
        if asked is not None:
            raise UsageError(f"{message}: name that of the model that classified.")
        note(f"No limits for the differential: {message}; name one with --calibration.")
        return None
    return trust.confusion


def _export(bench: "Bench", folder: Path, root: Path, *, json: bool) -> None:
    from hemoscope.review.exporting import export_review

    written = export_review(bench, folder, root)
    signed, current = bench.signatures(), bench.is_signed()
    sound = all(one.sound for one in signed)
    if json:
        versions = len(signed)
        files = [str(file) for file in written]
        print_json({"files": files, "versions": versions, "current": current, "sound": sound})
    else:
        note(f"{len(written)} files → {folder}")
    if not signed:
        note("Nothing is signed yet, so there is no differential among them.")
    elif not current:
        note("Something was decided after the last signature; what was signed is exported.")
    if not sound:
        note("WARNING: a signed version was changed after it was signed.")
        raise typer.Exit(1)


def _serve(
    bench: "Bench", pictures: Any, reviewer: str, host: str, port: int, *, json: bool
) -> None:
    from hemoscope.cells.synthetic.folder import is_synthetic
    from hemoscope.review.app import make_app
    from hemoscope.review.guard import new_token
    from hemoscope.review.serving import LOOPBACK, listen, names_of, serve

    taken, token = listen(host, port), new_token()
    port = taken.getsockname()[1]
    hosts = names_of(host, port)
    first = next((cell.path for cell in bench.job.cells), "")
    synthetic = is_synthetic(pictures.root / first)
    app = make_app(
        bench,
        pictures,
        token=token,
        hosts=hosts,
        reviewer=reviewer,
        remark=SYNTHETIC if synthetic else "",
    )
    address = f"http://{hosts[0]}/?token={token}"
    if host not in LOOPBACK:
        note("WARNING: other machines can reach this page, and what goes over the network is open.")

    def ready() -> None:
        if json:
            print_json({"address": address, "cells": len(bench.job.cells)})
        else:
            note(f"{len(bench.job.cells):,} cells. Open this address; Ctrl-C ends the review:")
            typer.echo(address)

    serve(app, taken, ready)
