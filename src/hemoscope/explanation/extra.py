"""captum, opened when it is needed: importing it takes seconds and loads matplotlib."""

import importlib
from typing import Any

from hemoscope.errors import MissingExtraError


def captum_attribution() -> Any:
    """The module `captum.attr`.

    Raises:
        MissingExtraError: It is not installed.
    """
    try:
        return importlib.import_module("captum.attr")
    except ModuleNotFoundError as error:
        raise MissingExtraError("this way of explaining", "train") from error
