"""`hemoscope review` as a person runs it."""

import json
import signal
import socket
import subprocess
import sys
import urllib.request
from http.cookiejar import CookieJar
from pathlib import Path

import pytest

from hemoscope.cells import open_cells
from hemoscope.cells.synthetic import write_synthetic
from hemoscope.review import Bench, Ledger, open_job
from hemoscope.review.serving import names_of

from .make import classified


def run(*arguments: object) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "hemoscope", "review", *map(str, arguments)],
        capture_output=True, text=True, check=False,
    )  # fmt: skip


def signed(folder: Path) -> Path:
    """A job that somebody has signed."""
    out = classified(folder)
    job = open_job(out)
    bench = Bench(job, ledger := Ledger.open(job))
    bench.decide([(6, 0, "ig"), (7, 0, "lymphocyte"), (8, 0, "artefact")], "Ada")
    bench.sign("Ada")
    ledger.close()
    return out


def test_an_export_needs_no_server(tmp_path: Path):
    done = run(signed(tmp_path), "--export", tmp_path / "out", "--json")
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)
    assert (told["versions"], told["current"], told["sound"]) == (1, True, True)
    assert [Path(file).is_file() for file in told["files"]] == [True] * 4
    assert "No limits" in done.stderr  # of classes that the shipped bundle does not know


def test_a_record_that_was_tampered_with_is_told_by_the_exit_code(tmp_path: Path):
    import sqlite3

    out = signed(tmp_path)
    file = sqlite3.connect(out / "review.sqlite")
    with file:
        file.execute("UPDATE signatures SET record = replace(record, 'Ada', 'Eve')")
    file.close()
    done = run(out, "--export", tmp_path / "out")
    assert done.returncode == 1
    assert "changed after it was signed" in done.stderr


@pytest.mark.parametrize(
    ("arguments", "status", "said"),
    [
        (["nowhere"], 2, "there is no folder nowhere"),
        (["."], 2, "nothing that hemoscope classify has finished"),
    ],
)
def test_wrong_use_is_told_in_a_line(tmp_path: Path, monkeypatch, arguments, status, said):
    monkeypatch.chdir(tmp_path)
    done = run(*arguments)
    assert done.returncode == status
    assert said in done.stderr
    assert "Traceback" not in done.stderr


def test_a_port_that_is_taken_is_told(tmp_path: Path):
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        done = run(classified(tmp_path), "--port", other.getsockname()[1])
    assert done.returncode == 2
    assert "cannot be had" in done.stderr
    assert "--port" in done.stderr


def test_what_a_browser_may_call_the_server():
    assert names_of("127.0.0.1", 80) == ("127.0.0.1:80", "localhost:80", "[::1]:80")
    assert names_of("lab.example", 80) == ("lab.example:80",)


class Browser:
    """A person's browser on a review in a process of its own."""

    def __init__(self, out: Path) -> None:
        command = [sys.executable, "-m", "hemoscope", "review", str(out), "--port", "0", "--json"]
        self.server = subprocess.Popen(command, stdout=subprocess.PIPE, text=True)
        assert self.server.stdout is not None
        told = json.loads("".join(iter(self.server.stdout.readline, "}\n")) + "}")
        self._client = urllib.request.build_opener(urllib.request.HTTPCookieProcessor(CookieJar()))
        self.page = self._client.open(told["address"]).read().decode()
        self._address = told["address"].partition("?")[0]

    def get(self, path: str) -> bytes:
        return self._client.open(f"{self._address}{path}").read()

    def post(self, path: str, body: object) -> bytes:
        data, kind = json.dumps(body).encode(), {"Content-Type": "application/json"}
        asked = urllib.request.Request(f"{self._address}{path}", data, kind)  # noqa: S310
        return self._client.open(asked).read()

    def end(self, how: signal.Signals) -> int:
        self.server.send_signal(how)
        status = self.server.wait(30)
        assert self.server.stdout is not None
        self.server.stdout.close()
        return status


@pytest.mark.slow
def test_a_killed_server_loses_no_decision(tmp_path: Path):
    cells = write_synthetic(tmp_path / "cells", per_class=2, seed=1)
    out = tmp_path / "classified"
    classify = ["classify", str(tmp_path / "cells"), "--out", str(out), "--no-report"]
    subprocess.run([sys.executable, "-m", "hemoscope", *classify], check=True, capture_output=True)

    browser = Browser(out)
    try:
        assert "drawn by hemoscope" in browser.page
        assert browser.get("pictures/0/small.jpg")[:2] == b"\xff\xd8"
        rows = json.loads(browser.get("api/count"))["rows"]
        assert all(row["low"] is not None for row in rows)  # by the shipped bundle's calibration
        told = json.loads(browser.get("api/cells"))["cells"]
        wanted = [{"cell": one["cell"], "seen": 0, "verdict": one["called"]} for one in told]
        added = browser.post("api/decisions", {"who": "Ada", "decisions": wanted})
        assert len(json.loads(added)["events"]) == len(cells)
    finally:
        browser.end(signal.SIGKILL)

    browser = Browser(out)
    try:
        told = json.loads(browser.get("api/cells"))["cells"]
        assert [one["verdict"] for one in told] == [one["called"] for one in told]
        count = json.loads(browser.get("api/count"))
        assert (count["open"], count["corrected"]) == (0, 0)
    finally:
        status = browser.end(signal.SIGINT)
    assert status == 0
    assert run(out, "--export", tmp_path / "labels").returncode == 0
    assert len(open_cells(tmp_path / "labels" / "labels.csv")) == len(cells)
