"""The model of a run folder, with its weights: gradients need more than a scorer."""

from importlib.util import find_spec
from pathlib import Path
from typing import TYPE_CHECKING

from hemoscope.errors import MissingExtraError
from hemoscope.inference.bundle import ModelError, NoModelError, trained_model_file

if TYPE_CHECKING:
    from hemoscope.models.store import StoredModel


def open_model(path: Path, branch: str | None = None) -> "StoredModel":
    """The model of a run folder, in eval mode on the CPU.

    Args:
        path: The run folder.
        branch: Of a joint model, which branch; None for a model of one backbone.

    Raises:
        UsageError: The model is joint and no branch is named, or it has no such branch.
        NoModelError: There is no such folder.
        ModelError: It holds no model, or is a bundle, which has no gradients.
        MissingExtraError: torch is not installed.
    """
    file = trained_model_file(path)
    if (path / "bundle.json").is_file() and not file.is_file():
        raise ModelError(
            f"{path} is a bundle, which answers but cannot be looked into. Name the run folder "
            "that it was exported from."
        )
    if not file.is_file():
        missing = ModelError if path.is_dir() else NoModelError
        raise missing(
            f"there is no model in {path}: explaining needs a run folder whose training has come "
            "to its end (model.safetensors)."
        )
    if find_spec("torch") is None:
        raise MissingExtraError("explaining", "train")
    import torch  # noqa: PLC0415 (slow to load)

    from hemoscope.models.store import load_model  # noqa: PLC0415 (loads torch)

    stored = load_model(file, branch)
    stored.model.to(memory_format=torch.channels_last)  # a third faster on the CPU
    return stored
