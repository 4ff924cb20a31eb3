"""The model card: what `bundle.json` says, for people."""

from jinja2 import Environment, PackageLoader, StrictUndefined

from hemoscope.calibration import Trust
from hemoscope.inference.bundle import Bundle


def write_card(bundle: Bundle, trust: Trust | None = None) -> str:
    """A model card in Markdown.

    Every figure in it stands in `bundle.json`, or in `calibration.json` where there is one.

    Args:
        bundle: Whose description need not have been written yet.
        trust: Its calibration.
    """
    environment = Environment(
        loader=PackageLoader("hemoscope.deployment"),
        undefined=StrictUndefined,
        trim_blocks=True,
        lstrip_blocks=True,
        keep_trailing_newline=True,
        autoescape=False,  # noqa: S701 (Markdown, not HTML)
    )
    return environment.get_template("model-card.md.j2").render(
        info=bundle.info, second=bundle.second and bundle.second.info, trust=trust
    )
