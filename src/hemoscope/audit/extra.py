"""The libraries of the extra `audit`, opened when they are needed."""

import importlib
from typing import Any

from hemoscope.errors import MissingExtraError

EXTRA = "audit"


def opencv() -> Any:
    """The module `cv2`.

    Raises:
        MissingExtraError: It is not installed.
    """
    return _open("cv2", "finding overlapping fields")


def faiss() -> Any:
    """The module `faiss`.

    Raises:
        MissingExtraError: It is not installed.
    """
    return _open("faiss", "finding overlapping fields")


def cleanlab_filter() -> Any:
    """The module `cleanlab.filter`.

    Raises:
        MissingExtraError: It is not installed.
    """
    return _open("cleanlab.filter", "finding label errors")


def _open(module: str, capability: str) -> Any:
    try:
        return importlib.import_module(module)
    except ModuleNotFoundError as error:
        raise MissingExtraError(capability, EXTRA) from error
