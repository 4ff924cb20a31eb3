"""The bundle that ships with hemoscope, for those who name no model."""

from importlib.resources import files
from pathlib import Path

from hemoscope.inference.bundle import ModelError, description_file


def shipped_bundle() -> Path:
    """The folder of the bundle that is part of the installed package.

    Raises:
        ModelError: None is, as in a checkout in which none was put.
    """
    folder = Path(str(files("hemoscope") / "shipped"))
    if not description_file(folder).is_file():
        raise ModelError(
            "no bundle ships with this copy of hemoscope. Name a model by --model (in Python: "
            'Classifier.load("bundle")): a bundle, or a run folder.'
        )
    return folder
