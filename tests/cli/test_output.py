"""Tables hold every name as it is, however odd or long."""

import pytest

from hemoscope.cli.output import print_table

LONG = "slide/" + "x" * 300 + ".png"


@pytest.mark.parametrize(
    "name", ["slide[1]/a[red].png", "IG [band]", "x[/].png", "[bold]", ":smile:.png"]
)
def test_a_name_is_no_markup(capsys: pytest.CaptureFixture[str], name: str):
    print_table(f"of {name}", (name, "cells"), [(f"{name} in a cell", 1)])
    shown = capsys.readouterr().out
    assert f"of {name}" in shown
    assert f"{name} in a cell" in shown
    assert shown.count(name) == 3


def test_a_long_name_goes_on_below(capsys: pytest.CaptureFixture[str]):
    print_table("t", ("path", "called", "chance"), [(LONG, "ig", 0.5), ("b.png", "ig", None)])
    shown = capsys.readouterr().out
    assert "…" not in shown
    table = [line for line in shown.splitlines() if line.startswith("│")]
    assert LONG in "".join(line.split("│")[1].strip() for line in table)
    assert all(len(line) <= 200 for line in shown.splitlines())
