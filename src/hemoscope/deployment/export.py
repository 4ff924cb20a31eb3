"""`export_run`: a run folder becomes a bundle, whole or not at all."""

import platform
import shutil
import tempfile
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from datetime import UTC, datetime
from functools import partial
from importlib.metadata import version
from pathlib import Path
from typing import Any

import hemoscope
from hemoscope.calibration import read_trust, write_trust
from hemoscope.cells.parallel import default_workers
from hemoscope.deployment.card import write_card
from hemoscope.deployment.figures import figure_of
from hemoscope.deployment.graph import OPSET, output_shapes, write_onnx
from hemoscope.deployment.int8 import Int8Plan, Tell, write_int8
from hemoscope.deployment.parity import check_parity
from hemoscope.deployment.samples import NamedCells
from hemoscope.errors import HemoscopeError
from hemoscope.files import cause
from hemoscope.inference.bundle import (
    FORMAT,
    VERSION,
    Bundle,
    BundleInfo,
    Figure,
    ModelFile,
    Outputs,
    Parity,
    Preprocessing,
    Quantisation,
    calibration_file,
    card_file,
    description_file,
    file_digest,
    read_bundle,
)
from hemoscope.inference.onnx_scorer import ATTENTION, FEATURES, OnnxScorer
from hemoscope.inference.torch_scorer import TorchScorer, model_tasks
from hemoscope.models.store import StoredModel, load_model
from hemoscope.training.run_folder import RunFolder, open_run, read_provenance, read_recipe

_MODEL = "model.onnx"
_LIBRARIES = ("torch", "onnx", "onnxscript", "onnxruntime", "timm", "numpy")


class ExportError(HemoscopeError):
    """A run that cannot be exported, or a place that cannot take the bundle."""


@dataclass(frozen=True)
class ExportOptions:
    """What goes into a bundle besides the model.

    Attributes:
        cells: To compare the export with torch on; None for synthetic cells.
        int8: How to quantise; None for a float32 bundle.
        predictions: Tables of the run's own predictions, with labels: figures for the card.
        branch: Of a joint model, which branch; None for a model of one backbone.
        views: In how many ways an unclear cell is laid before the model, 1 to 8.
    """

    cells: NamedCells | None = None
    int8: Int8Plan | None = None
    predictions: Sequence[Path] = ()
    branch: str | None = None
    views: int = 1


def export_run(
    run: Path, out: Path, options: ExportOptions | None = None, *, tell: Tell | None = None
) -> Bundle:
    """Writes a bundle. It is put together beside its place and moved there when it is complete.

    A calibration that lies in the run goes with a float32 bundle of one view. An INT8 bundle, one
    of several views and a branch of a joint model get none: their logits are others, and have to
    be calibrated anew.

    Args:
        run: A finished run folder.
        out: The folder to make.
        options: What goes into it.
        tell: Called with what is going on, in words.

    Raises:
        ExportError: The run is not finished, or `out` exists or cannot be written.
        ParityError: The exported model does not repeat the trained one.
        QuantisationError: INT8 costs too much.
        UsageError: The model is joint and no branch is named, or there is no such branch.
        HemoscopeError: As reading the run, cells and tables raises.
    """
    chosen, say = options or ExportOptions(), tell or _silent
    folder = _finished(run)
    with _moved_when_complete(out) as part:
        info = _fill(part, folder, chosen, say)
        description_file(part).write_text(info.model_dump_json(indent=2) + "\n", encoding="utf-8")
        trust = None
        as_trained = info.quantisation is None and chosen.branch is None and chosen.views == 1
        if as_trained and calibration_file(run).is_file():
            trust = read_trust(run)
            write_trust(trust, part)
        card_file(part).write_text(write_card(info, trust), encoding="utf-8")
    return read_bundle(out)


def _fill(part: Path, run: RunFolder, options: ExportOptions, tell: Tell) -> BundleInfo:
    """Puts the model into a folder and says what it is."""
    stored = load_model(run.model, options.branch)
    figures = tuple(figure_of(table, stored.classes) for table in options.predictions)
    file = part / _MODEL
    with tempfile.TemporaryDirectory(dir=part) as work:
        float32 = Path(work) / "float32.onnx"
        tell("exporting to ONNX")
        write_onnx(stored.model, float32)
        trained = TorchScorer(run.path, branch=options.branch, device="cpu")
        opening = partial(_opened, like=trained)
        exported = opening(float32)
        tell("comparing with torch")
        parity = check_parity(trained, exported, options.cells)
        quantisation = None
        if options.int8 is None:
            float32.replace(file)
        else:
            int8 = Path(work) / "int8.onnx"
            quantisation = write_int8(float32, int8, options.int8, opening, tell)
            int8.replace(file)
    info = _describe(file, run, stored, parity=parity, quantisation=quantisation, figures=figures)
    seen = info.preprocessing.model_copy(update={"views": options.views})
    info = info.model_copy(update={"preprocessing": seen})
    if options.branch is None:
        return info
    return info.model_copy(update={"run": {**info.run, "branch": options.branch}})


def _describe(
    file: Path,
    run: RunFolder,
    stored: StoredModel,
    *,
    parity: Parity,
    quantisation: Quantisation | None,
    figures: tuple[Figure, ...],
) -> BundleInfo:
    config = stored.model.config.model_dump(mode="json")
    shapes = output_shapes(file)
    attention = shapes.get(ATTENTION)
    return BundleInfo(
        format=FORMAT,
        version=VERSION,
        model=ModelFile(
            file=file.name,
            sha256=file_digest(file),
            size=file.stat().st_size,
            opset=OPSET,
            precision="float32" if quantisation is None else "int8",
        ),
        classes=stored.classes,
        tasks=model_tasks(stored.model.config),
        preprocessing=Preprocessing(
            image_size=stored.model.config.image_size,
            framing=stored.model.config.framing,
            **config["normalisation"],
        ),
        outputs=Outputs(
            features=shapes[FEATURES][0],
            attention=None if attention is None else (attention[0], attention[1]),
        ),
        architecture=config,
        run={
            "provenance": read_provenance(run),
            "recipe": read_recipe(run).model_dump(mode="json"),
            "model_sha256": file_digest(run.model),
        },
        exported=_when_and_by_what(),
        parity=parity,
        quantisation=quantisation,
        figures=figures,
    )


def _when_and_by_what() -> dict[str, Any]:
    return {
        "time": datetime.now(UTC).isoformat(timespec="seconds"),
        "hemoscope": hemoscope.__version__,
        "python": platform.python_version(),
        "libraries": {name: version(name) for name in _LIBRARIES},
    }


def _opened(file: Path, like: TorchScorer) -> OnnxScorer:
    return OnnxScorer(
        file,
        like.classes,
        framing=like.frame.framing,
        threads=default_workers(),
        origin={"model": str(file)},
        tasks=like.tasks,
    )


def _finished(path: Path) -> RunFolder:
    run = open_run(path)
    if not run.finished:
        raise ExportError(
            f"the run in {path} has not come to its end, so there is no model to export. Go on "
            "with it: hemoscope train --resume."
        )
    return run


@contextmanager
def _moved_when_complete(out: Path) -> Iterator[Path]:
    """A folder beside `out` that becomes `out` if all goes well, and otherwise disappears."""
    if out.exists():
        raise ExportError(f"{out} exists already. Name a new folder for the bundle.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part = Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent))
    except OSError as error:
        raise ExportError(f"cannot write to {out.parent}: {cause(error)}.") from error
    try:
        yield part
        part.chmod(0o755)  # mkdtemp makes folders that others cannot read
        part.replace(out)
    except OSError as error:
        raise ExportError(f"cannot put the bundle {out} together: {cause(error)}.") from error
    finally:
        shutil.rmtree(part, ignore_errors=True)


def _silent(_message: str) -> None:
    """Tells nobody."""
