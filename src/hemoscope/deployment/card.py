"""The model card: what `bundle.json` says, for people."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from hemoscope.calibration import Trust
from hemoscope.inference.bundle import BundleInfo


def write_card(info: BundleInfo, trust: Trust | None = None) -> str:
    """A model card in Markdown.

    Every figure in it stands in `bundle.json`, or in `calibration.json` where there is one.
    """
    environment = Environment(
        loader=PackageLoader("hemoscope.deployment"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 (Markdown, not HTML)
    )
    return environment.get_template("model-card.md.j2").render(info=info, trust=trust)
