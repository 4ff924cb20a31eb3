import json

import pytest
import typer
from typer.testing import CliRunner

from hemoscope.claims import save_page, write_page
from hemoscope.claims.page import PageError
from hemoscope.cli.claims import claims

app = typer.Typer()
app.command()(claims)


def test_counts_are_printed():
    result = CliRunner().invoke(app, [])
    assert result.exit_code == 0
    assert "contradicted" in result.stdout


def test_the_page_is_written_and_json_stands_alone(tmp_path, account):
    out = tmp_path / "docs" / "claims.md"
    result = CliRunner().invoke(app, ["--out", str(out), "--json"])
    assert result.exit_code == 0
    assert out.read_text(encoding="utf-8") == write_page(account)
    assert json.loads(result.stdout)["counts"]["reproduced"] == 0


def test_a_page_that_cannot_be_written_is_named(tmp_path, account):
    (tmp_path / "file").write_text("")
    with pytest.raises(PageError, match=r"cannot write .*x\.md: a file stands where"):
        save_page(account, tmp_path / "file" / "x.md")
    out = str(tmp_path / "file" / "x.md")
    assert isinstance(CliRunner().invoke(app, ["--out", out]).exception, PageError)
