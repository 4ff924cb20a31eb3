"""`export_run`: a run folder becomes a bundle, whole or not at all."""

import platform
import shutil
from collections.abc import Sequence
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
from hemoscope.deployment.draft import BundleDraft, ExportError, moved_when_complete
from hemoscope.deployment.figures import figure_of
from hemoscope.deployment.graph import OPSET, output_shapes, write_onnx
from hemoscope.deployment.int8 import Int8Plan, Tell, write_int8
from hemoscope.deployment.parity import check_parity
from hemoscope.deployment.samples import NamedCells
from hemoscope.inference.bundle import (
    Bundle,
    calibration_file,
    card_file,
    description_file,
    file_digest,
    read_bundle,
)
from hemoscope.inference.bundle_info import (
    FORMAT,
    VERSION,
    BundleInfo,
    Figure,
    ModelFile,
    Outputs,
    Parity,
    Preprocessing,
    Quantisation,
)
from hemoscope.inference.onnx_scorer import ATTENTION, FEATURES, OnnxScorer
from hemoscope.inference.torch_scorer import TorchScorer, model_tasks
from hemoscope.models.store import StoredModel, load_model
from hemoscope.training.run_folder import RunFolder, open_run, read_provenance, read_recipe

_MODEL = "model.onnx"
_LIBRARIES = ("torch", "onnx", "onnxscript", "onnxruntime", "timm", "numpy")


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
    source = _opened_run(run)
    with moved_when_complete(out) as part:
        info = _fill(part, source, chosen, say)
        as_trained = info.quantisation is None and chosen.branch is None and chosen.views == 1
        trust = read_trust(run) if as_trained and calibration_file(run).is_file() else None
        if trust is not None:
            write_trust(trust, part.path)
        description, card = (
            info.model_dump_json(indent=2) + "\n",
            write_card(Bundle(part.path, info), trust),
        )
        with part.writing():
            description_file(part.path).write_text(description, encoding="utf-8")
            card_file(part.path).write_text(card, encoding="utf-8")
    return read_bundle(out)


@dataclass(frozen=True)
class _Source:
    """A finished run, and what it says of itself."""

    run: RunFolder
    provenance: dict[str, Any]
    recipe: dict[str, Any]


def _fill(part: BundleDraft, source: _Source, options: ExportOptions, tell: Tell) -> BundleInfo:
    """Puts the model into a folder and says what it is."""
    run = source.run
    stored = load_model(run.model, options.branch)
    trained = TorchScorer(run.path, branch=options.branch, device="cpu")
    described = trained.describe()
    figures = tuple(figure_of(table, stored.classes, described) for table in options.predictions)
    file, work = part.path / _MODEL, part.path / "work"
    float32, int8 = work / "float32.onnx", work / "int8.onnx"
    tell("exporting to ONNX")
    with part.writing():
        work.mkdir()
        write_onnx(stored.model, float32)
    opening = partial(_opened, like=trained)
    exported = opening(float32)
    tell("comparing with torch")
    parity = check_parity(trained, exported, options.cells)
    quantisation = None
    with part.writing():
        if options.int8 is not None:  # cells that it cannot read are no OSError
            quantisation = write_int8(float32, int8, options.int8, opening, tell)
        (float32 if quantisation is None else int8).replace(file)
        shutil.rmtree(work)
    info = _describe(
        file, source, stored, parity=parity, quantisation=quantisation, figures=figures
    )
    seen = info.preprocessing.model_copy(update={"views": options.views})
    info = info.model_copy(update={"preprocessing": seen})
    if options.branch is None:
        return info
    return info.model_copy(update={"run": {**info.run, "branch": options.branch}})


def _describe(
    file: Path,
    source: _Source,
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
            "provenance": source.provenance,
            "recipe": source.recipe,
            "model_sha256": file_digest(source.run.model),
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


def _opened_run(path: Path) -> _Source:
    """Reads what the bundle says of the run before anything long is done."""
    run = open_run(path)
    if not run.finished:
        raise ExportError(
            f"the run in {path} has not come to its end, so there is no model to export. Go on "
            "with it: hemoscope train --resume."
        )
    return _Source(run, read_provenance(run), read_recipe(run).model_dump(mode="json"))


def _silent(_message: str) -> None:
    """Tells nobody."""
