"""How far mistakes go up the hierarchy of cell types, as a section of the report."""

from hemoscope.evaluation.result import Evaluation
from hemoscope.reports.html.elements import Section, Table
from hemoscope.reports.numbers import cells, count, fixed, fixed_range, percent, percent_range


def hierarchy_sections(evaluation: Evaluation) -> tuple[Section, ...]:
    """The section, or nothing where the classes stand in no hierarchy."""
    if evaluation.hierarchy is None:
        return ()
    tables = (levels_table(evaluation), within_table(evaluation))
    return (Section("hierarchy", "Up the hierarchy", meaning(evaluation), (), tables),)


def meaning(evaluation: Evaluation) -> str:
    """What the mistakes come to."""
    figures = evaluation.hierarchy
    if figures is None or not figures.mistakes_within:
        return "There is no mistake, so none to weigh."
    total = sum(figures.mistakes_within.values())
    nearest, number = max(figures.mistakes_within.items(), key=lambda item: item[1])
    return (
        f"Of {cells(total)} called wrong, {count(number)} stay within {nearest}. A mistake between "
        "relatives is smaller than one between strangers: hierarchical F counts the ancestors that "
        "truth and call share."
    )


def levels_table(evaluation: Evaluation) -> Table:
    """Accuracy at each level, and hierarchical F."""
    figures = evaluation.hierarchy
    levels = () if figures is None else figures.accuracy
    rows = [("Hierarchical F", *_fixed(evaluation, "hierarchy.f1"))]
    for level in levels:
        estimate = evaluation.estimate(f"hierarchy.accuracy.{level}")
        text = (percent(estimate.value), percent_range(estimate.interval))
        rows.append((f"Accuracy by {level}", *text))
    rows.append(("Depth of the common ancestor", *_fixed(evaluation, "hierarchy.common_depth")))
    return Table("Up the hierarchy", ("Figure", "Value", "95 % interval"), tuple(rows))


def within_table(evaluation: Evaluation) -> Table:
    """Mistakes by the nearest cell type that holds both, the most harmless first."""
    within = {} if evaluation.hierarchy is None else evaluation.hierarchy.mistakes_within
    rows = tuple((name, count(number)) for name, number in within.items())
    header = ("Nearest cell type that holds both", "Cells called wrong")
    return Table("Where mistakes stay, the most harmless first", header, rows)


def _fixed(evaluation: Evaluation, path: str) -> tuple[str, str]:
    estimate = evaluation.estimate(path)
    return fixed(estimate.value), fixed_range(estimate.interval)
