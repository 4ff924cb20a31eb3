"""What becomes of an error that nobody has caught below."""

import errno
import subprocess
import sys
from pathlib import Path

import pytest

from hemoscope.cli import main as cli


def _failing(monkeypatch: pytest.MonkeyPatch, error: OSError) -> None:
    def fail() -> None:
        raise error

    monkeypatch.setattr(cli, "app", fail)
    monkeypatch.setattr(cli, "_let_go_of_output", lambda: None)


@pytest.mark.parametrize(
    "number", [errno.ENOSPC, errno.EDQUOT, errno.EACCES, errno.EROFS, errno.ENAMETOOLONG]
)
def test_a_full_or_forbidden_disk_is_one_line(monkeypatch, capsys, number):
    _failing(monkeypatch, OSError(number, "no way", "out/cells.csv"))
    with pytest.raises(SystemExit) as stopped:
        cli.main()
    assert stopped.value.code == 1
    told = capsys.readouterr().err
    assert told.startswith("hemoscope: out/cells.csv: no way. ")
    assert told.count("\n") == 1


def test_any_other_error_of_the_system_keeps_its_traceback(monkeypatch):
    _failing(monkeypatch, OSError(errno.EIO, "input/output error"))
    with pytest.raises(OSError, match="input/output"):
        cli.main()


@pytest.mark.skipif(not Path("/dev/full").exists(), reason="needs a device that is always full")
def test_output_that_finds_no_room():
    with Path("/dev/full").open("w") as full:
        done = subprocess.run(
            [sys.executable, "-m", "hemoscope", "--version"],
            stdout=full, stderr=subprocess.PIPE, text=True, check=False,
        )  # fmt: skip
    assert (done.returncode, done.stderr.count("\n")) == (1, 1)
    assert "Make room on the disk" in done.stderr
