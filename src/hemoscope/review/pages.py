"""The two pages: the bench, and a signed differential for the printer."""

from functools import cache
from importlib.resources import files

import jinja2

import hemoscope
from hemoscope.review.bench import Bench
from hemoscope.review.errors import ReviewError
from hemoscope.review.signature import Signature


def bench_page(bench: Bench, reviewer: str, remark: str) -> str:
    """The page on which a person works; what changes on it is fetched by its script.

    Args:
        bench: The job.
        reviewer: The name that the page begins with.
        remark: What has to be said of these cells.
    """
    return _template("bench.html.j2").render(
        job=bench.job,
        name=bench.job.folder.resolve().name,
        verdicts=bench.verdicts,
        reviewer=reviewer,
        remark=remark,
        version=hemoscope.__version__,
    )


def signed_page(signature: Signature, *, alone: bool = False) -> str:
    """A signed version, to print or to keep.

    Args:
        signature: The version.
        alone: Put the style into the page, which then needs no server.

    Raises:
        ReviewError: So much of the record is gone that there is nothing to show.
    """
    sheet = files("hemoscope.review") / "static" / "signed.css"
    try:
        return _template("signed.html.j2").render(
            signed=signature,
            record=signature.record,
            style=sheet.read_text("utf-8") if alone else None,
            version=hemoscope.__version__,
        )
    except (jinja2.UndefinedError, TypeError, ValueError) as error:
        raise ReviewError(
            f"version {signature.version} is no whole record any more: it was changed after it "
            "was signed. Keep the database as it is, and find out who did that."
        ) from error


@cache
def _environment() -> jinja2.Environment:
    return jinja2.Environment(
        loader=jinja2.PackageLoader("hemoscope.review", "templates"),
        autoescape=True,
        undefined=jinja2.StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
    )


def _template(name: str) -> jinja2.Template:
    return _environment().get_template(name)
