"""What an earlier report of the same name has left beside its page.

A page names the tables in its data folder, so it is known which files hemoscope wrote there; all
others are somebody else's, and stay.
"""

import re
from collections.abc import Iterable
from contextlib import suppress
from dataclasses import dataclass
from pathlib import Path

from markupsafe import escape

from hemoscope.files import cause
from hemoscope.reports.errors import ReportError

_MADE_BY = '<meta name="generator" content="hemoscope '
_HEAD = 1000  # characters in which that stands
_SUFFIXES = (".csv", ".svg", ".png")


@dataclass(frozen=True)
class FormerFiles:
    """The files that a page names, and their figures.

    Attributes:
        folder: The page's data folder.
        names: Of the files, without suffix.
    """

    folder: Path
    names: frozenset[str]

    def remove(self, *, keep: Iterable[Path] = ()) -> None:
        """Removes them, and the folder if it is empty then.

        Raises:
            OSError: One cannot be removed.
        """
        kept = set(keep)
        for name in sorted(self.names):
            for suffix in _SUFFIXES:
                file = self.folder / f"{name}{suffix}"
                if file not in kept:
                    file.unlink(missing_ok=True)
        with suppress(OSError):  # something is in it, or it is gone
            self.folder.rmdir()


def former_files(page: Path, folder: Path) -> FormerFiles:
    """What the page that stands there has written into its data folder; nothing if not ours."""
    text = _read(page)
    if _MADE_BY not in text[:_HEAD]:
        return FormerFiles(folder, frozenset())
    named = re.compile(rf"<code>{re.escape(str(escape(folder.name)))}/([\w-]+)\.csv</code>")
    return FormerFiles(folder, frozenset(named.findall(text)))


def remove_report(page: Path, folder: Path) -> None:
    """Removes a report that hemoscope wrote, with its data; nothing if there is none.

    Raises:
        ReportError: It cannot be removed.
    """
    if _MADE_BY not in _read(page)[:_HEAD]:
        return
    try:
        former_files(page, folder).remove()
        page.unlink()
    except OSError as error:
        raise ReportError(
            f"cannot remove {page}, the report of an earlier job: {cause(error)}. Remove it, and "
            "start again."
        ) from error


def _read(page: Path) -> str:
    try:
        return page.read_text(encoding="utf-8", errors="replace")
    except OSError:
        return ""
