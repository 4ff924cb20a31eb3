"""The errors that a user can mend. Everything else is a bug and keeps its traceback."""

from typing import TYPE_CHECKING, ClassVar

if TYPE_CHECKING:
    from pydantic import ValidationError


class HemoscopeError(Exception):
    """Something is wrong with what the user handed in.

    The message says what is wrong, where, and what to do about it. The command line prints
    the message alone, without a traceback, and exits with `exit_code`.
    """

    exit_code: ClassVar[int] = 1


class UsageError(HemoscopeError):
    """The call itself is wrong: an unknown name, options that exclude each other."""

    exit_code: ClassVar[int] = 2


class MissingExtraError(HemoscopeError):
    """A capability needs an optional part of hemoscope that is not installed."""

    def __init__(self, capability: str, extra: str) -> None:
        super().__init__(
            f"{capability} needs a part that is not installed. "
            f"Install it with: pip install 'hemoscope[{extra}]'"
        )


def place_of(error: "ValidationError") -> str:
    """The field of the first mistake, outer names first ("model.size"); "" for the whole."""
    return ".".join(str(part) for part in error.errors()[0]["loc"])
