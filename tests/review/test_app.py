"""The page: who is let in, what it shows, what it writes."""

import io
from pathlib import Path

import numpy as np
import pytest
from PIL import Image

pytest.importorskip("fastapi")

from fastapi.testclient import TestClient

from hemoscope.review import Bench, Ledger, open_job
from hemoscope.review.app import make_app
from hemoscope.review.pictures import LARGE, SMALL, Pictures
from hemoscope.review.schema import signatures

from .make import ODD, classified

TOKEN, HOST = "t" * 43, "127.0.0.1:8341"


@pytest.fixture
def bench(tmp_path: Path):
    job = open_job(classified(tmp_path))
    ledger = Ledger.open(job)
    yield Bench(job, ledger)
    ledger.close()


@pytest.fixture
def stranger(bench: Bench):
    app = make_app(
        bench, Pictures(bench.job), token=TOKEN, hosts=[HOST], reviewer="Ada", remark="Drawn."
    )
    with TestClient(app, base_url=f"http://{HOST}") as client:
        yield client


@pytest.fixture
def client(stranger: TestClient):
    assert stranger.get(f"/?token={TOKEN}").status_code == 200
    return stranger


def decide(client: TestClient, *decisions: tuple[int, int, str | None], who: str = "Ada"):
    asked = [{"cell": cell, "seen": seen, "verdict": verdict} for cell, seen, verdict in decisions]
    return client.post("/api/decisions", json={"who": who, "decisions": asked})


def test_a_stranger_gets_nothing(stranger: TestClient):
    for address in ("/", "/?token=wrong", "/api/cells", "/pictures/0/small.jpg", "/labels.csv"):
        assert stranger.get(address).status_code == 403, address
    assert decide(stranger, (6, 0, "ig")).status_code == 403


def test_the_address_is_good_once_and_a_cookie_that_no_other_site_sends_takes_its_place(
    stranger: TestClient,
):
    answer = stranger.get(f"/?token={TOKEN}", follow_redirects=False)
    assert (answer.status_code, answer.headers["location"]) == (303, "/")
    cookie = answer.headers["set-cookie"].lower()
    assert "httponly" in cookie
    assert "samesite=strict" in cookie


def test_another_name_of_this_server_is_no_name(client: TestClient):
    for name in ("evil.example", "127.0.0.1:9999", "localhost"):
        assert client.get("/api/cells", headers={"Host": name}).status_code == 421


def test_a_form_of_another_site_writes_nothing(client: TestClient, bench: Bench):
    text = '{"who": "Eve", "decisions": [{"cell": 6, "seen": 0, "verdict": "ig"}]}'
    for kind in ("text/plain", "application/x-www-form-urlencoded"):
        answer = client.post("/api/decisions", content=text, headers={"Content-Type": kind})
        assert answer.status_code == 415
    assert bench.last == 0


def test_the_page_runs_no_script_but_its_own_and_shows_names_as_text(client: TestClient):
    page = client.get("/")
    policy = page.headers["content-security-policy"]
    assert "script-src 'self'" in policy
    assert "unsafe" not in policy
    assert "Drawn." in page.text
    assert "Not a medical device" in page.text
    assert "onerror" not in page.text
    for part in ("/static/bench.css", "/static/bench.js"):
        assert part in page.text
        assert client.get(part).status_code == 200


def test_cells_come_with_what_stands(client: TestClient):
    assert decide(client, (6, 0, "lymphocyte")).status_code == 200
    told = client.get("/api/cells").json()
    assert told["last"] == 1
    assert [cell["verdict"] for cell in told["cells"]] == [*[None] * 6, "lymphocyte", *[None] * 3]
    assert told["cells"][7]["path"] == ODD
    assert told["cells"][6]["who"] == "Ada"


def test_the_slower_of_two_learns_who_was_quicker(client: TestClient):
    decide(client, (6, 0, "ig"))
    answer = decide(client, (6, 0, "lymphocyte"), who="Ben")
    assert answer.status_code == 409
    assert "Ada said ig" in answer.json()["message"]
    assert answer.json()["event"]["verdict"] == "ig"
    fresh = client.get("/api/events?after=0").json()
    assert [(one["cell"], one["verdict"]) for one in fresh["events"]] == [(6, "ig")]


@pytest.mark.parametrize(
    ("body", "status", "said"),
    [
        ({"who": "Ada", "decisions": []}, 422, "decisions"),
        ({"who": "Ada"}, 422, "decisions"),
        ({"who": "", "decisions": [{"cell": 6, "seen": 0, "verdict": "ig"}]}, 400, "your name"),
        ({"who": "A", "decisions": [{"cell": 6, "seen": 0, "verdict": "?"}]}, 400, "none of"),
        ({"who": "A", "decisions": [{"cell": 10**6, "seen": 0, "verdict": "ig"}]}, 400, "no cell"),
        ({"who": "A" * 9999, "decisions": [{"cell": 6, "seen": 0, "verdict": "ig"}]}, 422, "who"),
        ({"who": "A", "decisions": [{"cell": "x", "seen": 0, "verdict": "ig"}]}, 422, "cell"),
    ],
)
def test_bad_writes_are_refused_in_words(client: TestClient, body, status, said):
    answer = client.post("/api/decisions", json=body)
    assert answer.status_code == status
    assert said in answer.json()["message"]


def test_from_the_first_cell_to_the_printed_page(client: TestClient):
    told = client.get("/api/count").json()
    assert (told["open"], told["current"], told["signed"]) == (3, False, [])
    wish = {"who": "Ada", "comment": "<i>", "seen": 0}
    assert "3 cells are still open" in client.post("/api/signatures", json=wish).json()["message"]
    decide(client, (6, 0, "ig"), (7, 0, "ig"), (8, 0, "artefact"))
    assert client.post("/api/signatures", json=wish).status_code == 409  # it has not seen these
    wish["seen"] = client.get("/api/events?after=0").json()["last"]
    signed = client.post("/api/signatures", json=wish)
    assert signed.json()["version"] == 1
    told = client.get("/api/count").json()
    assert told["current"]
    assert told["signed"][0]["digest"] == signed.json()["digest"]
    page = client.get("/signed/1").text
    assert signed.json()["digest"] in page
    assert "<i>" not in page
    assert client.get("/signed/1/record.json").json()["record"]["signed_by"] == "Ada"
    assert client.get("/signed/1/differential.csv").text.startswith("class,white,")
    assert client.get("/labels.csv").text.count("\n") == 3
    for none in ("/signed/0", "/signed/2", "/signed/2/record.json"):
        assert client.get(none).status_code == 404


def test_a_record_that_is_none_any_more_is_told_in_words(client: TestClient, bench: Bench):
    decide(client, (6, 0, "ig"), (7, 0, "ig"), (8, 0, "artefact"))
    bench.sign("Ada")
    with bench._ledger._engine.begin() as connection:
        connection.execute(signatures.update(), {"record": "not even JSON"})
    assert client.get("/api/count").json()["signed"][0]["sound"] is False
    answer = client.get("/signed/1")
    assert answer.status_code == 400
    assert "changed after it was signed" in answer.json()["message"]


def test_pictures_are_jpegs_of_the_cells(client: TestClient):
    for size, longest in (("small", SMALL), ("large", LARGE)):
        answer = client.get(f"/pictures/3/{size}.jpg")
        image = Image.open(io.BytesIO(answer.content))
        assert image.format == "JPEG"
        assert max(image.size) <= longest
        assert np.abs(np.asarray(image).mean((0, 1)) - [60, 90, 140]).max() < 3


def test_what_is_no_picture_is_told_in_words(client: TestClient, bench: Bench, tmp_path: Path):
    for address in ("/pictures/99/small.jpg", "/pictures/-1/small.jpg", "/pictures/0/huge.jpg"):
        assert client.get(address).status_code == 404
    assert client.get("/pictures/..%2f..%2fetc/small.jpg").status_code in (404, 422)
    (tmp_path / "images" / "000.png").unlink()
    answer = client.get("/pictures/0/small.jpg")
    assert (answer.status_code, "no such file" in answer.json()["message"]) == (404, True)
    assert Pictures(bench.job).missing() == 1


def test_pictures_of_every_kind_show(client: TestClient, tmp_path: Path):
    file = tmp_path / "images" / "001.png"
    Image.fromarray(np.full((50, 60), 40000, np.uint16)).save(file)
    assert client.get("/pictures/1/large.jpg").headers["content-type"] == "image/jpeg"


def test_pictures_are_found_where_they_were_moved_to(bench: Bench, tmp_path: Path):
    (tmp_path / "images").rename(tmp_path / "moved")
    assert Pictures(bench.job).missing() == 9
    moved = Pictures(bench.job, str(tmp_path / "moved"))
    assert moved.missing() == 0
    assert moved.root == tmp_path / "moved"  # where exported labels find them, too
    assert moved.jpeg(0, SMALL)[:2] == b"\xff\xd8"
