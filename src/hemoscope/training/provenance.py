"""`provenance.json`: what it takes to run a training again."""

import platform
import subprocess
import sys
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import Any

import torch

import hemoscope
from hemoscope.cells import CellTable
from hemoscope.training.recipe import Recipe

_LIBRARIES = ("torch", "torchvision", "timm", "lightning", "numpy", "pandas", "pillow")


def describe_run(table: CellTable, source: str, recipe: Recipe) -> dict[str, Any]:
    """Everything about a run but its recipe, as plain JSON values.

    Args:
        table: The cells of all splits.
        source: The SOURCE as the user named it.
        recipe: Says which column splits them.
    """
    return {
        "hemoscope": hemoscope.__version__,
        "started": datetime.now(UTC).isoformat(timespec="seconds"),
        "command": [Path(sys.argv[0]).name, *sys.argv[1:]],
        "python": platform.python_version(),
        "platform": platform.platform(),
        "hardware": _hardware(),
        "libraries": {name: _version(name) for name in _LIBRARIES},
        "git": _git(),
        "seed": recipe.seed,
        "data": {
            "source": source,
            "cells": len(table),
            "classes": list(table.classes),
            "fingerprint": table.fingerprint(),
            "split_column": recipe.data.split_column,
            "splits": _counts(table, recipe.data.split_column),
        },
    }


def _counts(table: CellTable, column: str) -> dict[str, int]:
    counts = table.frame[column].astype(str).value_counts()
    return {str(name): int(count) for name, count in sorted(counts.items())}


def _hardware() -> dict[str, Any]:
    gpus = [torch.cuda.get_device_name(i) for i in range(torch.cuda.device_count())]
    return {
        "processor": torch.cpu.get_capabilities().get("cpu_name", platform.processor()),
        "instructions": torch.backends.cpu.get_cpu_capability(),
        "threads": torch.get_num_threads(),
        "gpus": gpus,
    }


def _version(name: str) -> str | None:
    try:
        return version(name)
    except PackageNotFoundError:
        return None


def _git() -> dict[str, Any] | None:
    """Commit and cleanliness of the hemoscope checkout; None for an installed package."""
    here = Path(hemoscope.__file__).parent

    def git(*arguments: str) -> str:
        call = ["git", "-C", str(here), *arguments]
        return subprocess.run(call, capture_output=True, text=True, check=True).stdout.strip()  # noqa: S603

    try:
        return {
            "commit": git("rev-parse", "HEAD"),
            "changed": bool(git("status", "--porcelain", "--untracked-files=no")),
        }
    except (OSError, subprocess.CalledProcessError):
        return None
