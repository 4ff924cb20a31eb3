"""Arguments and options that several verbs share, so that they read the same everywhere."""

from pathlib import Path
from typing import Annotated, Literal

import typer

Source = Annotated[
    str,
    typer.Argument(
        metavar="SOURCE",
        help="A folder of class folders, a flat folder of images, a manifest CSV, or a MedMNIST "
        ".npz.",
        show_default=False,
    ),
]
SplitColumn = Annotated[
    str | None,
    typer.Option("--split-column", metavar="COLUMN", help="Column of SOURCE that selects rows."),
]
Use = Annotated[
    str | None, typer.Option("--use", metavar="VALUE", help="Value of that column to use.")
]
Json = Annotated[
    bool, typer.Option("--json", help="Print one JSON object, and nothing else, on stdout.")
]
Model = Annotated[
    Path, typer.Option("--model", help="A bundle or a run folder.", show_default=False)
]
OptionalModel = Annotated[
    Path | None,
    typer.Option(
        "--model",
        help="A bundle or a run folder; by default the bundle that ships with hemoscope.",
        show_default=False,
    ),
]
Branch = Annotated[
    str | None,
    typer.Option("--branch", metavar="NAME", help="Of a joint model: this branch alone."),
]
Batch = Annotated[int, typer.Option("--batch", min=1, help="Images scored at once.")]
Bfloat16 = Annotated[
    bool,
    typer.Option("--bfloat16", help="Faster where the processor has it; logits differ slightly."),
]
Prior = Annotated[
    str | None,
    typer.Option(
        "--prior",
        metavar="MIX",
        help="Expected mix of classes: adult-blood, or CLASS=NUMBER,…; by default that of the "
        "calibration's own cells.",
    ),
]
Adapt = Annotated[
    bool,
    typer.Option(
        "--adapt",
        help="Cells of one other microscope or stain: learn from them, without labels, how it "
        "shifts the model's opinion.",
    ),
]
EngineName = Annotated[
    Literal["onnxruntime", "openvino"],
    typer.Option("--engine", help="What runs a bundle; openvino has to be installed."),
]
