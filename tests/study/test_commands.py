"""How a command of the study ends."""

import pytest
from study.commands import leave

from hemoscope.errors import HemoscopeError


def _raising(error: BaseException):
    def main() -> None:
        raise error

    return main


@pytest.mark.parametrize(
    ("error", "said"),
    [
        (HemoscopeError("no such cells."), "study: no such cells."),
        (KeyboardInterrupt(), "study: stopped. The same command goes on from what is done."),
    ],
)
def test_what_a_user_can_mend_or_meant_is_one_line(error, said):
    with pytest.raises(SystemExit) as left:
        leave(_raising(error))
    assert left.value.code == said


@pytest.mark.parametrize("code", [None, 0, 1])
def test_otherwise_the_code_is_what_the_command_returned(code):
    with pytest.raises(SystemExit) as left:
        leave(lambda: code)
    assert left.value.code == code


def test_a_bug_keeps_its_traceback():
    with pytest.raises(ZeroDivisionError):
        leave(_raising(ZeroDivisionError()))
