"""`make_app`: the bench as a web application."""

from collections.abc import Sequence
from typing import Any

from fastapi import FastAPI, Request, Response
from fastapi.exceptions import RequestValidationError
from fastapi.responses import HTMLResponse, JSONResponse, PlainTextResponse
from fastapi.staticfiles import StaticFiles

from hemoscope.cells import UnreadableImageError
from hemoscope.errors import HemoscopeError
from hemoscope.review.answers import (
    Decisions,
    Wish,
    told_of_cell,
    told_of_count,
    told_of_event,
)
from hemoscope.review.bench import Bench
from hemoscope.review.errors import NotThereError
from hemoscope.review.exporting import labels_csv, signature_csv
from hemoscope.review.guard import Guard
from hemoscope.review.ledger import ConflictError
from hemoscope.review.pages import bench_page, signed_page
from hemoscope.review.pictures import LARGE, SMALL, Pictures
from hemoscope.review.signature import Signature

_SIZES = {"large": LARGE, "small": SMALL}


def make_app(
    bench: Bench,
    pictures: Pictures,
    *,
    token: str,
    hosts: Sequence[str],
    reviewer: str = "",
    remark: str = "",
) -> FastAPI:
    """The application; any ASGI server runs it.

    Args:
        bench: The job.
        pictures: Of its cells.
        token: As for `Guard`.
        hosts: As for `Guard`.
        reviewer: The name that the page begins with.
        remark: What the page has to say of these cells, such as that they are drawn.
    """
    app = FastAPI(docs_url=None, redoc_url=None, openapi_url=None)
    app.middleware("http")(Guard(token, hosts))
    app.mount("/static", StaticFiles(packages=[("hemoscope.review", "static")]))
    _answer_errors(app)
    _add_pages(app, bench, reviewer, remark)
    _add_reading(app, bench, pictures)
    _add_writing(app, bench)
    return app


def _add_pages(app: FastAPI, bench: Bench, reviewer: str, remark: str) -> None:
    @app.get("/")
    def page() -> HTMLResponse:
        return HTMLResponse(bench_page(bench, reviewer, remark))

    @app.get("/signed/{version}")
    def signed(version: int) -> HTMLResponse:
        return HTMLResponse(signed_page(_version(bench, version)))

    @app.get("/signed/{version}/record.json")
    def record(version: int) -> JSONResponse:
        one = _version(bench, version)
        return JSONResponse({"digest": one.digest, "record": one.record})

    @app.get("/signed/{version}/differential.csv")
    def table(version: int) -> PlainTextResponse:
        return PlainTextResponse(signature_csv(_version(bench, version)), media_type="text/csv")

    @app.get("/labels.csv")
    def labels() -> PlainTextResponse:
        return PlainTextResponse(labels_csv(bench), media_type="text/csv")


def _add_reading(app: FastAPI, bench: Bench, pictures: Pictures) -> None:
    @app.get("/api/cells")
    def cells() -> dict[str, Any]:
        last, decided = bench.standing()
        return {
            "job": bench.job.digest,
            "last": last,
            "cells": [told_of_cell(cell, decided.get(cell.number)) for cell in bench.job.cells],
        }

    @app.get("/api/events")
    def news(after: int) -> dict[str, Any]:
        last, added = bench.since(after)
        return {"last": last, "events": [told_of_event(one) for one in added]}

    @app.get("/api/count")
    def count() -> dict[str, Any]:
        return told_of_count(bench)

    @app.get("/pictures/{number}/{size}.jpg")
    def picture(number: int, size: str) -> Response:
        if size not in _SIZES or not 0 <= number < len(bench.job.cells):
            raise NotThereError("there is no such picture.")
        data = pictures.jpeg(number, _SIZES[size])
        kept = {"Cache-Control": "private, max-age=86400"}  # its address names the job as well
        return Response(data, media_type="image/jpeg", headers=kept)


def _add_writing(app: FastAPI, bench: Bench) -> None:
    @app.post("/api/decisions")
    def decide(asked: Decisions) -> dict[str, Any]:
        wanted = [(one.cell, one.seen, one.verdict) for one in asked.decisions]
        added = bench.decide(wanted, asked.who, asked.note)
        return {"events": [told_of_event(one) for one in added]}

    @app.post("/api/signatures")
    def sign(asked: Wish) -> dict[str, Any]:
        signature = bench.sign(asked.who, asked.comment, seen=asked.seen)
        return {"version": signature.version, "digest": signature.digest}


def _version(bench: Bench, version: int) -> Signature:
    signed = bench.signatures()
    if not 1 <= version <= len(signed):
        raise NotThereError(f"there is no signed version {version}.")
    return signed[version - 1]


def _answer_errors(app: FastAPI) -> None:
    @app.exception_handler(HemoscopeError)
    def refuse(_request: Request, error: HemoscopeError) -> JSONResponse:
        told: dict[str, Any] = {"message": str(error)}
        status = 404 if isinstance(error, (NotThereError, UnreadableImageError)) else 400
        if isinstance(error, ConflictError):
            status = 409
            told["event"] = None if error.event is None else told_of_event(error.event)
        return JSONResponse(told, status_code=status)

    @app.exception_handler(RequestValidationError)
    def misread(_request: Request, error: RequestValidationError) -> JSONResponse:
        first = error.errors()[0]
        where = ".".join(str(part) for part in first["loc"])
        return JSONResponse({"message": f"{where}: {first['msg']}"}, status_code=422)
