"""The errors of the pixel cache."""

from pathlib import Path

from hemoscope.errors import HemoscopeError


class CacheError(HemoscopeError):
    """The pixel cache cannot be used; the message says what to do."""


class LostPixelsError(CacheError):
    """The pixels were deleted or cut while somebody added to them."""

    def __init__(self, file: Path) -> None:
        super().__init__(
            f"{file} was deleted or cut while cells were added to it. Start again; what is missing "
            "is decoded anew."
        )
