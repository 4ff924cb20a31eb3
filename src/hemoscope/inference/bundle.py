"""What a bundle is: one folder that scores cells without torch.

    bundle.json         what is in it, what it was made of, what was measured (`BundleInfo`)
    model.onnx          the model, with its preprocessing inside
    model-card.md       the same facts for people
    calibration.json    a fitted calibration; only where there is one
    calibration.unknown.npz   arrays of the calibration's score for unknown cells, if it has any
    second/             a bundle of its own, asked about unclear cells; only where there is one

docs/bundles.md describes the format for those who read it with other software.
"""

import hashlib
import json
from dataclasses import dataclass, replace
from pathlib import Path

from pydantic import ValidationError

from hemoscope.errors import HemoscopeError, UsageError, place_of
from hemoscope.inference.bundle_info import FORMAT, VERSION, BundleInfo, Second


class ModelError(HemoscopeError):
    """A model that is not there, not complete, or not to be trusted."""


class NoModelError(ModelError, UsageError):
    """A name under which there is no model at all."""


@dataclass(frozen=True)
class Bundle:
    """A bundle's folder, what its `bundle.json` says, and the bundle of its second network."""

    path: Path
    info: BundleInfo
    second: "Bundle | None" = None

    @property
    def model(self) -> Path:
        """The ONNX file."""
        return self.path / self.info.model.file

    @property
    def calibration(self) -> Path:
        """Where a fitted calibration lies, if there is one."""
        return calibration_file(self.path)


def description_file(folder: Path) -> Path:
    """The file that makes a folder a bundle."""
    return folder / "bundle.json"


def trained_model_file(run: Path) -> Path:
    """The weights of a run folder; they are there when its training has come to its end."""
    return run / "model.safetensors"


def calibration_file(folder: Path) -> Path:
    """Where a run folder or a bundle keeps its fitted calibration."""
    return folder / "calibration.json"


def card_file(folder: Path) -> Path:
    """The facts for people."""
    return folder / "model-card.md"


def second_folder(folder: Path) -> Path:
    """Where a bundle keeps the bundle of its second network."""
    return folder / "second"


def read_bundle(folder: Path) -> Bundle:
    """Opens a bundle and makes sure that its models are those that were exported.

    Raises:
        ModelError: Something is missing, damaged, changed, or of a later format.
    """
    file = description_file(folder)
    if not file.is_file():
        raise ModelError(f"{folder} is no bundle (it has no {file.name}).")
    bundle = Bundle(folder, _info(file))
    _check_model(bundle)
    wanted = bundle.info.second
    return bundle if wanted is None else replace(bundle, second=_read_second(folder, wanted))


def file_digest(file: Path) -> str:
    """SHA-256 of a file's content, 64 hex digits."""
    with file.open("rb") as stream:
        return hashlib.file_digest(stream, "sha256").hexdigest()


def _info(file: Path) -> BundleInfo:
    try:
        content = json.loads(file.read_text(encoding="utf-8"))
    except (OSError, ValueError) as error:
        raise ModelError(f"{file} cannot be read ({error}). Copy the bundle again.") from error
    if not isinstance(content, dict) or content.get("format") != FORMAT:
        raise ModelError(f"{file} does not describe a hemoscope bundle (no format: {FORMAT}).")
    version = content.get("version")
    if isinstance(version, int) and version > VERSION:
        raise ModelError(
            f"{file.parent} is a bundle of format {version}; this hemoscope reads format "
            f"{VERSION}. Update hemoscope, or export the run again with this release."
        )
    try:
        return BundleInfo.model_validate(content)
    except ValidationError as error:
        said = error.errors()[0]["msg"]
        raise ModelError(
            f"{file} is damaged: {place_of(error)}: {said}. Copy the bundle again."
        ) from error


def _read_second(folder: Path, wanted: Second) -> Bundle:
    second = second_folder(folder)
    if not description_file(second).is_file():
        raise ModelError(
            f"the bundle {folder} has no {second.name}/bundle.json, its second network. It was "
            "copied in part; copy the whole folder."
        )
    bundle = read_bundle(second)
    if bundle.info.model.sha256 != wanted.sha256:
        raise ModelError(
            f"{second} holds another network than {folder / 'bundle.json'} says. Copy the bundle "
            "again."
        )
    return bundle


def _check_model(bundle: Bundle) -> None:
    if not bundle.model.is_file():
        raise ModelError(
            f"the bundle {bundle.path} has no {bundle.info.model.file}. It was copied in part; "
            "copy the whole folder."
        )
    if file_digest(bundle.model) != bundle.info.model.sha256:
        raise ModelError(
            f"{bundle.model} is not the file that was exported (its SHA-256 is another than "
            "bundle.json says). It was damaged or changed; copy the bundle again."
        )
