"""`hemoscope models`: the zoo and its sizes."""

from dataclasses import asdict

from hemoscope.cli.options import Json
from hemoscope.cli.output import print_json, print_table


def models(json: Json = False) -> None:
    """List the named models: tokens, parameters, the paper's count."""
    from hemoscope.models.describe import describe_zoo

    rows = describe_zoo()
    if json:
        print_json({"models": [asdict(row) for row in rows]})
        return
    columns = ("model", "tokens", "timm", "Keras total", "trainable", "frozen")
    print_table(
        "The zoo (parameters; Keras counts as in the paper's Table 2)",
        columns,
        [tuple(asdict(row).values()) for row in rows],
    )
