"""A bundle under way: a folder beside its place, moved there when it is complete."""

import shutil
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from hemoscope.errors import HemoscopeError
from hemoscope.files import cause


class ExportError(HemoscopeError):
    """A run that cannot be exported, or a place that cannot take the bundle."""


@dataclass(frozen=True)
class BundleDraft:
    """The folder that becomes a bundle."""

    path: Path
    bundle: Path

    @contextmanager
    def writing(self) -> Iterator[None]:
        """Says of the bundle what the disk says: only around what is written into it."""
        try:
            yield
        except OSError as error:
            raise ExportError(
                f"cannot put the bundle {self.bundle} together: {cause(error)}."
            ) from error


@contextmanager
def moved_when_complete(out: Path) -> Iterator[BundleDraft]:
    """A folder beside `out` that becomes `out` if all goes well, and otherwise disappears."""
    if out.exists():
        raise ExportError(f"{out} exists already. Name a new folder for the bundle.")
    try:
        out.parent.mkdir(parents=True, exist_ok=True)
        part = BundleDraft(Path(tempfile.mkdtemp(prefix=f".{out.name}-", dir=out.parent)), out)
    except OSError as error:
        raise ExportError(f"cannot write to {out.parent}: {cause(error)}.") from error
    try:
        yield part
        with part.writing():
            part.path.chmod(0o755)  # mkdtemp makes folders that others cannot read
            part.path.replace(out)
    finally:
        shutil.rmtree(part.path, ignore_errors=True)
