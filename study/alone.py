"""One command at a time works on a run, so that several commands can share a study."""

import fcntl
import os
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from hemoscope.errors import HemoscopeError


class InWorkError(HemoscopeError):
    """Another command is at work on the run."""

    def __init__(self, run: Path) -> None:
        super().__init__(f"{run} is in work elsewhere. Run this again when that command is done.")
        self.run = run


@contextmanager
def alone(run: Path) -> Iterator[None]:
    """Keeps other commands from a run while the block lasts, by a lock on `NAME.lock` beside it.

    The system lets go of the lock when its holders end, however they end; verbs that are called
    meanwhile hold it too, so that a training goes on undisturbed where the study alone is killed.
    The empty file stays: to remove it would let two commands lock two files of one name.

    Raises:
        InWorkError: Another command has the lock.
    """
    run.parent.mkdir(parents=True, exist_ok=True)
    with run.with_name(f"{run.name}.lock").open("w") as stream:
        os.set_inheritable(stream.fileno(), True)
        try:
            fcntl.flock(stream, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError as error:
            raise InWorkError(run) from error
        yield


class Elsewhere:
    """What a command leaves to others, because they have it in work."""

    def __init__(self) -> None:
        self._runs: dict[str, Path] = {}

    @contextmanager
    def passing(self, name: str) -> Iterator[None]:
        """Says so and goes on after the block where a run in it is in work elsewhere."""
        try:
            yield
        except InWorkError as error:
            self._runs[name] = error.run
            print(f"{name}: in work elsewhere", flush=True)

    def tell(self) -> None:
        """Says at the end what others still have in work."""
        still = [name for name, run in self._runs.items() if _taken(run)]
        if still:
            print(f"Still in work elsewhere: {', '.join(still)}. Run this again when that is done.")


def _taken(run: Path) -> bool:
    try:
        with alone(run):
            return False
    except InWorkError:
        return True
