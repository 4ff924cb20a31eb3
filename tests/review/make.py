"""A classified folder without a model: opinions are made up, pictures drawn in one colour."""

from collections.abc import Sequence
from pathlib import Path

from PIL import Image

from hemoscope.opinions import Opinion, write_cells, write_predictions
from hemoscope.opinions.tables import Form

CLASSES = ("erythroblast", "ig", "lymphocyte", "neutrophil")
ODD = '"><img src=x onerror=alert(1)>.png'


def opinion(index: int, called: str, path: str | None = None, **more) -> Opinion:
    """Of an accepted cell, unless `more` says otherwise."""
    shares = {name: 0.97 if name == called else 0.01 for name in CLASSES}
    logits = tuple(5.0 if name == called else 0.0 for name in CLASSES)
    said = {"logits": logits, "accepted": True, "unknown": False, "unknown_score": 0.1, **more}
    return Opinion(index, path or f"{index:03d}.png", called, 0.97, shares, None, **said)


def doubtful(index: int, called: str, path: str | None = None, **more) -> Opinion:
    """Of a cell that a person must look at."""
    return opinion(index, called, path, accepted=False, reason="not sure enough", **more)


def usual() -> list[Opinion]:
    """Six accepted cells, three to look at (one unknown), one unreadable."""
    called = ["neutrophil", "neutrophil", "neutrophil", "lymphocyte", "lymphocyte", "erythroblast"]
    return [
        *(opinion(index, name) for index, name in enumerate(called)),
        doubtful(6, "ig"),
        doubtful(7, "neutrophil", ODD),
        doubtful(8, "ig", unknown=True),
        Opinion.unreadable(9, "009.png", "the file is empty (0 bytes)"),
    ]


def classified(
    folder: Path, opinions: Sequence[Opinion] | None = None, form: Form = "csv", **provenance
) -> Path:
    """What `hemoscope classify` leaves, and the pictures in `images` beside it."""
    opinions = usual() if opinions is None else opinions
    images, out = folder / "images", folder / "classified"
    images.mkdir(parents=True)
    out.mkdir()
    for one in opinions:
        if one.problem is None:
            file = images / str(one.path)
            file.parent.mkdir(parents=True, exist_ok=True)
            Image.new("RGB", (40, 30), (20 * one.index % 256, 90, 140)).save(file)
    write_cells(opinions, out, form)
    told = {"cells": {"root": str(images)}, "sha256": "ab" * 32, **provenance}
    write_predictions(opinions, CLASSES, out / "predictions.parquet", provenance=told)
    return out
