"""The comparison report: several models on the same cells."""

from collections.abc import Iterable
from pathlib import Path

from hemoscope.evaluation.result import Comparison, PairComparison
from hemoscope.reports.html import comparison_tables as tables
from hemoscope.reports.html.elements import Finding, Section, Table, Tile
from hemoscope.reports.html.page import check_formats, data_folder, write_page
from hemoscope.reports.html.provenance import provenance_table
from hemoscope.reports.numbers import fixed, p_value, percent, percent_range
from hemoscope.reports.plots.comparison import ForestFigure, ModelsFigure, differences_frame

SIGNIFICANT = 0.05
HEADLINES = (
    "accuracy",
    "macro.f1",
    "roc.macro.auc",
    "pr.macro.average_precision",
    "calibration.ece",
    "calibration.brier.sum.score",
)


def write_comparison_report(
    comparison: Comparison,
    path: str | Path,
    *,
    figure_formats: Iterable[str] = (),
) -> Path:
    """Writes a comparison as one HTML file that opens offline.

    The numbers of every figure, and the differences of all other figures, go into the folder
    `NAME_data` beside it, as CSV.

    Args:
        comparison: What `compare(tables)` returned.
        path: The `.html` file to write; its folder is made if need be.
        figure_formats: "svg" and "png": also write every figure in these formats.

    Returns:
        The path of the file.

    Raises:
        ReportError: The file cannot be written.
    """
    formats = check_formats(figure_formats)
    path = Path(path)
    context = {
        "title": "Comparison report",
        "comparison": comparison,
        "tiles": _tiles(comparison),
        "findings": _findings(comparison),
        "provenances": _provenances(comparison),
        "data_folder": data_folder(path).name,
    }
    return write_page(
        path,
        "comparison.html.j2",
        context,
        _sections(comparison),
        tables={"all-differences": differences_frame(comparison)},
        figure_formats=formats,
    )


def _tiles(comparison: Comparison) -> tuple[Tile, ...]:
    """The accuracy of every model."""
    tiles = []
    for model in comparison.models:
        accuracy = comparison.evaluations[model].estimate("accuracy")
        f1 = comparison.evaluations[model].estimate("macro.f1")
        tiles.append(
            Tile(
                model,
                percent(accuracy.value),
                percent_range(accuracy.interval),
                f"accuracy; macro F1 {fixed(f1.value)}",
            )
        )
    return tuple(tiles)


def _findings(comparison: Comparison) -> tuple[Finding, ...]:
    accuracies = {m: comparison.evaluations[m].accuracy for m in comparison.models}
    best = max(accuracies.values())
    leaders = " and ".join(m for m, accuracy in accuracies.items() if accuracy == best)
    return (
        Finding("Most accurate", f"{leaders}, with {percent(best)} of the cells called right."),
        Finding("Told apart", _told_apart(comparison)),
    )


def _told_apart(comparison: Comparison) -> str:
    """Which accuracies differ by more than chance explains."""
    apart = [pair for pair in comparison.pairs if pair.mcnemar.p_holm < SIGNIFICANT]
    total = len(comparison.pairs)
    if not apart:
        return (
            f"None of the {total} pairs: these cells do not show that any model is more accurate "
            "than another (McNemar, Holm)."
            if total > 1
            else "No: these cells do not show that one is more accurate than the other (McNemar)."
        )
    named = "; ".join(
        f"{_order(pair)} (p {_equals(p_value(pair.mcnemar.p_holm))})" for pair in apart[:3]
    )
    more = f"; and {len(apart) - 3} more" if len(apart) > 3 else ""
    return f"{len(apart)} of {total} pairs by accuracy (McNemar, Holm): {named}{more}."


def _order(pair: PairComparison) -> str:
    first_ahead = pair.mcnemar.only_first_right > pair.mcnemar.only_second_right
    ahead, behind = (pair.first, pair.second) if first_ahead else (pair.second, pair.first)
    return f"{ahead} before {behind}"


def _equals(p: str) -> str:
    return p if p.startswith("<") else f"= {p}"


def _sections(comparison: Comparison) -> tuple[Section, ...]:
    parts = [
        Section(
            "models",
            "Headline figures",
            "Each model by itself. Intervals that overlap do not mean that two models are alike: "
            "they were given the same cells, so compare them in pairs, below.",
            (ModelsFigure(comparison, HEADLINES),),
        ),
        Section(
            "differences",
            "Differences in pairs",
            "Where the interval of a difference holds zero, these cells do not tell the two "
            f"models apart in that figure. {_told_apart(comparison)}",
            (ForestFigure(comparison, HEADLINES),),
            (tables.mcnemar_table(comparison), tables.differences_table(comparison, HEADLINES)),
        ),
        Section(
            "auc",
            "Areas under the curve",
            "DeLong's paired test; p-values are corrected after Holm, over pairs and classes.",
            (),
            (tables.delong_table(comparison),),
        ),
        Section(
            "paper",
            "The tables of the paper",
            "The same figures as in Tables 3, 4 and 5 of Alshehri et al. (2025), for these models.",
            (),
            (*tables.table3(comparison), tables.table4(comparison), tables.table5(comparison)),
        ),
    ]
    if comparison.seeds:
        table = tables.seeds_table(comparison, HEADLINES)
        meaning = "The same model trained from several seeds: how much is luck."
        parts.append(Section("seeds", "Over seeds", meaning, (), (table,)))
    return tuple(parts)


def _provenances(comparison: Comparison) -> tuple[tuple[str, Table], ...]:
    return tuple(
        (model, provenance_table(comparison.evaluations[model].provenance))
        for model in comparison.models
    )
